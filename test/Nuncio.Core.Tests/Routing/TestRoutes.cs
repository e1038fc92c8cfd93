using Nuncio.Core.Clusters;
using Nuncio.Core.Matching;
using Nuncio.Core.Routing;

namespace Nuncio.Core.Tests.Routing;

/// <summary>Short ways to write routes and tables.</summary>
internal static class TestRoutes
{
    internal static Route Prefix(string prefix, string name = "", RouteAction? action = null, RouteLevel? level = null) =>
        Forward(RouteMatcher.ForPath(PathMatchKind.Prefix, prefix), name.Length == 0 ? prefix : name, action, level);

    internal static Route Exact(string path, string name = "") =>
        Forward(RouteMatcher.ForPath(PathMatchKind.Exact, path), name.Length == 0 ? path : name);

    internal static Route Forward(RouteMatcher matcher, string name, RouteAction? action = null, RouteLevel? level = null) =>
        new(matcher, level) { Name = name, Action = action ?? new RouteAction { Cluster = ClusterRef.Of(name) } };

    internal static RouteTable Table(params Route[] routes) => new("table", [new VirtualHost("all", ["*"], routes)]);

    internal static RouteTable Domains(params string[] domains)
    {
        var hosts = new List<VirtualHost>();
        foreach (string domain in domains)
        {
            hosts.Add(new VirtualHost(domain, [domain], [Prefix("/", domain)]));
        }

        return new RouteTable("table", hosts);
    }

    internal static Re2Regex Regex(string pattern)
    {
        Assert.True(Re2Regex.TryCompile(pattern, out Re2Regex regex, out string error), error);
        return regex;
    }

    internal static RegexRewrite Rewrite(string pattern, string substitution)
    {
        Assert.True(RegexRewrite.TryCreate(Regex(pattern), substitution, out RegexRewrite rewrite, out string error), error);
        return rewrite;
    }

    internal static HeaderKey Key(string name)
    {
        Assert.True(HeaderKey.TryCreateForRequest(name, out HeaderKey key));
        return key;
    }
}
