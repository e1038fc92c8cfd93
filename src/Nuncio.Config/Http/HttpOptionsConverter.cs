using System.Collections.Immutable;
using System.Text;
using Nuncio.Config.Errors;
using Nuncio.Http.Http1;
using WireCore = Envoy.Config.Core.V3;

namespace Nuncio.Config.Http;

/// <summary>Codec options, the same messages for listeners and clusters. Stateless.</summary>
public static class HttpOptionsConverter
{
    /// <summary>Options of HTTP/1 codecs from the HTTP/1 options, the common ones and the size limit, each of which may be absent.</summary>
    public static Http1Options Http1(WireCore.Http1ProtocolOptions? http1, WireCore.HttpProtocolOptions common, uint? maxRequestHeadersKb, ConfigScope scope)
    {
        http1 ??= new WireCore.Http1ProtocolOptions();
        if (http1.HeaderKeyFormat?.StatefulFormatter is not null)
        {
            scope.Field("header_key_format").Field("stateful_formatter").Error("is not supported by this version");
        }

        if (http1.IgnoreHttp11Upgrade.Count > 0)
        {
            scope.Field("ignore_http_11_upgrade").Error("is not supported by this version");
        }

        var defaults = Http1Options.Default;
        return defaults with
        {
            AcceptHttp10 = http1.AcceptHttp10,
            DefaultHostForHttp10 = [.. Encoding.UTF8.GetBytes(http1.DefaultHostForHttp10)],
            AllowAbsoluteUrl = http1.AllowAbsoluteUrl ?? true,
            EnableTrailers = http1.EnableTrailers,
            HeaderKeyFormat = http1.HeaderKeyFormat?.ProperCaseWords is not null ? HeaderKeyFormat.ProperCase : HeaderKeyFormat.Lower,
            AllowChunkedLength = http1.AllowChunkedLength,
            AllowCustomMethods = http1.AllowCustomMethods,
            MaxHeadersCount = (int)Math.Min(common.MaxHeadersCount ?? (uint)defaults.MaxHeadersCount, Http1Options.HighestHeadersCount),
            MaxHeadersKb = (int)(maxRequestHeadersKb ?? (uint)defaults.MaxHeadersKb),
            MaxResponseHeadersKb = (int)(common.MaxResponseHeadersKb ?? (uint)defaults.MaxResponseHeadersKb),
            HeadersWithUnderscores = (UnderscoreAction)common.HeadersWithUnderscoresAction,
            SendFullyQualifiedUrl = http1.SendFullyQualifiedUrl,
        };
    }
}
