using System.Text;
using Nuncio.Config.Errors;
using Nuncio.Config.Matching;
using Nuncio.Core.Matching;
using Nuncio.Core.Routing;
using Wire = Envoy.Config.Route.V3.RedirectAction;

namespace Nuncio.Config.Routes;

/// <summary>Wire message to redirect. Stateless; any thread.</summary>
internal static class RedirectConverter
{
    /// <summary>The redirect; null after an error. <paramref name="scope"/> is the place of the RedirectAction.</summary>
    internal static RedirectAction? Convert(Wire message, RouteContext context, ConfigScope scope)
    {
        int before = scope.ErrorCount;
        if (message.PortRedirect > ushort.MaxValue)
        {
            scope.Field("port_redirect").Error($"found {message.PortRedirect}, expected a port, 0 to 65535");
        }

        var redirect = new RedirectAction
        {
            Status = message.ResponseCode switch
            {
                Wire.Types.RedirectResponseCode.Found => 302,
                Wire.Types.RedirectResponseCode.SeeOther => 303,
                Wire.Types.RedirectResponseCode.TemporaryRedirect => 307,
                Wire.Types.RedirectResponseCode.PermanentRedirect => 308,
                _ => 301,
            },
            Scheme = message.HttpsRedirect ? "https"u8.ToArray() : BytesOrNull(message.SchemeRedirect),
            Host = BytesOrNull(message.HostRedirect),
            Port = (int)Math.Min(message.PortRedirect, ushort.MaxValue),
            Path = BytesOrNull(message.PathRedirect),
            PathRewrite = Rewrite(message, context, scope),
            StripQuery = message.StripQuery,
        };
        return scope.ErrorCount == before ? redirect : null;
    }

    private static PathRewrite? Rewrite(Wire message, RouteContext context, ConfigScope scope)
    {
        if (message.RegexRewrite is null)
        {
            return BytesOrNull(message.PrefixRewrite) is { } prefix ? PathRewrite.Prefix(prefix) : null;
        }

        RegexRewrite? rewrite = RegexConverter.ConvertRewrite(message.RegexRewrite, context.Runtime, scope.Field("regex_rewrite"));
        return rewrite is null ? null : PathRewrite.Regex(rewrite);
    }

    private static byte[]? BytesOrNull(string text) => text.Length == 0 ? null : Encoding.UTF8.GetBytes(text);
}
