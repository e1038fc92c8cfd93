using System.Text;
using Envoy.Extensions.Http.HeaderFormatters.PreserveCase.V3;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;
using Nuncio.Config.Matching;
using Nuncio.Core.HttpConnection;
using Nuncio.Core.Matching;
using Nuncio.Core.Runtime;
using Nuncio.Http.Http1;
using WireCore = Envoy.Config.Core.V3;

namespace Nuncio.Config.Http;

/// <summary>Codec options, the same messages for listeners and clusters. Stateless.</summary>
public static class HttpOptionsConverter
{
    /// <summary>Options of HTTP/1 codecs from the HTTP/1 options, the common ones and the size limit, each of which may be absent.</summary>
    public static Http1Options Http1(
        WireCore.Http1ProtocolOptions? http1,
        WireCore.HttpProtocolOptions common,
        uint? maxRequestHeadersKb,
        ConfigScope scope,
        LayeredRuntime? runtime = null)
    {
        http1 ??= new WireCore.Http1ProtocolOptions();
        var defaults = Http1Options.Default;
        return WithKeyFormat(http1.HeaderKeyFormat, scope.Field("header_key_format"), defaults with
        {
            AcceptHttp10 = http1.AcceptHttp10,
            DefaultHostForHttp10 = [.. Encoding.UTF8.GetBytes(http1.DefaultHostForHttp10)],
            AllowAbsoluteUrl = http1.AllowAbsoluteUrl ?? true,
            EnableTrailers = http1.EnableTrailers,
            AllowChunkedLength = http1.AllowChunkedLength,
            AllowCustomMethods = http1.AllowCustomMethods,
            IgnoredUpgrades = Ignored(http1.IgnoreHttp11Upgrade, runtime, scope.Field("ignore_http_11_upgrade")),
            MaxHeadersCount = (int)Math.Min(common.MaxHeadersCount ?? (uint)defaults.MaxHeadersCount, Http1Options.HighestHeadersCount),
            MaxHeadersKb = (int)(maxRequestHeadersKb ?? (uint)defaults.MaxHeadersKb),
            MaxResponseHeadersKb = (int)(common.MaxResponseHeadersKb ?? (uint)defaults.MaxResponseHeadersKb),
            HeadersWithUnderscores = (UnderscoreAction)common.HeadersWithUnderscoresAction,
            SendFullyQualifiedUrl = http1.SendFullyQualifiedUrl,
        });
    }

    private static Http1Options WithKeyFormat(WireCore.Http1ProtocolOptions.Types.HeaderKeyFormat? wire, ConfigScope scope, Http1Options options)
    {
        if (wire?.ProperCaseWords is not null)
        {
            return options with { HeaderKeyFormat = HeaderKeyFormat.ProperCase };
        }

        if (wire?.StatefulFormatter is not { } formatter)
        {
            return options;
        }

        ConfigScope place = scope.Field("stateful_formatter").Field("typed_config");
        if (formatter.TypedConfig is not { TypeUrl.Length: > 0 } config)
        {
            place.Error("is missing; expected " + PreserveCaseFormatterConfig.Descriptor.FullName);
            return options;
        }

        if (!AnyDecoder.TryUnpack(config, out PreserveCaseFormatterConfig? preserve))
        {
            place.Error(
                $"found {AnyDecoder.TypeName(config.TypeUrl)}, which is no header formatter of this version; expected {PreserveCaseFormatterConfig.Descriptor.FullName}");
            return options;
        }

        return options with
        {
            HeaderKeyFormat = HeaderKeyFormat.PreserveCase,
            ForwardReasonPhrase = preserve.ForwardReasonPhrase,
            CapitalisesOwnNames =
                preserve.FormatterTypeOnEnvoyHeaders == PreserveCaseFormatterConfig.Types.FormatterTypeOnEnvoyHeaders.ProperCase,
        };
    }

    private static IgnoredUpgradeMatchers? Ignored(
        IReadOnlyList<Envoy.Type.Matcher.V3.StringMatcher> wire, LayeredRuntime? runtime, ConfigScope scope)
    {
        // Regular expressions ask the runtime how large they may be; where nobody has one, its defaults hold.
        StringMatcher[]? matchers = wire.Count == 0 ? null : StringMatcherConverter.ConvertAll(wire, runtime ?? new LayeredRuntime(), scope);
        return matchers is null ? null : new IgnoredUpgradeMatchers(matchers);
    }
}
