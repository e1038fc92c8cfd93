using System.Text;
using BenchmarkDotNet.Attributes;
using Nuncio.Core.Clusters;
using Nuncio.Core.Routing;
using Nuncio.Core.Streams;
using Nuncio.Http.Headers;

namespace Nuncio.Benchmarks.Routing;

/// <summary>From the headers of a request to its route: virtual host, then route, in tables from one entry to ten thousand.</summary>
public class RouteMatchBenchmarks
{
    private readonly HeaderMapPool _maps = new();
    private readonly StreamInfo _info = new() { Random = 42 };
    private HeaderMap _request = null!;
    private RouteTable _one = null!;
    private RouteTable _few = null!;
    private RouteTable _manyPaths = null!;
    private RouteTable _manyDomains = null!;

    /// <summary>The tables, and a request that is found in all of them, in the larger ones not at an end.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _request = _maps.Rent();
        _request.Add(KnownHeader.Method, "GET"u8);
        _request.Add(KnownHeader.Authority, "api5000.example.com"u8);
        _request.Add(KnownHeader.Path, "/service/5000/items?page=2"u8);
        _one = new RouteTable("one", [new VirtualHost("all", ["*"], [Prefix("/")])]);
        _few = new RouteTable("few", [
            new VirtualHost("other", ["other.com", "*.other.com"], [Prefix("/")]),
            new VirtualHost("here", ["*.example.com"], [Prefix("/api"), Prefix("/static"), Prefix("/")]),
            new VirtualHost("all", ["*"], [Prefix("/")]),
        ]);
        var routes = new List<Route>();
        var hosts = new List<VirtualHost>();
        for (int i = 0; i < 10_000; i++)
        {
            routes.Add(Prefix($"/service/{i}/"));
            hosts.Add(new VirtualHost($"h{i}", [$"api{i}.example.com"], [Prefix("/")]));
        }

        _manyPaths = new RouteTable("paths", [new VirtualHost("all", ["*"], routes)]);
        _manyDomains = new RouteTable("domains", hosts);
        if (!OneRoute() || !ThreeHosts() || !TenThousandPrefixes() || !TenThousandDomains())
        {
            throw new InvalidOperationException($"a table does not know {Encoding.ASCII.GetString(_request.Get(KnownHeader.Path))}");
        }
    }

    /// <summary>One virtual host for all, one prefix.</summary>
    [Benchmark(Baseline = true)]
    public bool OneRoute() => _one.Match(new RouteInput(_request, _info)) is not null;

    /// <summary>A suffix domain among three virtual hosts, the last of three prefixes.</summary>
    [Benchmark]
    public bool ThreeHosts() => _few.Match(new RouteInput(_request, _info)) is not null;

    /// <summary>The five-thousandth of ten thousand prefixes.</summary>
    [Benchmark]
    public bool TenThousandPrefixes() => _manyPaths.Match(new RouteInput(_request, _info)) is not null;

    /// <summary>One of ten thousand exact domains.</summary>
    [Benchmark]
    public bool TenThousandDomains() => _manyDomains.Match(new RouteInput(_request, _info)) is not null;

    private static Route Prefix(string prefix) =>
        new(RouteMatcher.ForPath(PathMatchKind.Prefix, prefix)) { Name = prefix, Action = new RouteAction { Cluster = ClusterRef.Of("service") } };
}
