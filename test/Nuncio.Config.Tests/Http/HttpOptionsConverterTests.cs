using System.Text;
using Nuncio.Config.Errors;
using Nuncio.Config.Http;
using Nuncio.Config.Tests.Extensibility;
using Nuncio.Http.Http1;
using WireCore = Envoy.Config.Core.V3;

namespace Nuncio.Config.Tests.Http;

public sealed class HttpOptionsConverterTests
{
    [Fact]
    public void NothingSaid_GivesEnvoysDefaults()
    {
        Http1Options options = HttpOptionsConverter.Http1(null, new WireCore.HttpProtocolOptions(), null, Root("{}").Scope);
        Assert.False(options.AcceptHttp10);
        Assert.True(options.AllowAbsoluteUrl);
        Assert.False(options.EnableTrailers);
        Assert.Equal(HeaderKeyFormat.Lower, options.HeaderKeyFormat);
        Assert.False(options.AllowChunkedLength);
        Assert.False(options.AllowCustomMethods);
        Assert.Equal(100, options.MaxHeadersCount);
        Assert.Equal(60, options.MaxHeadersKb);
        Assert.Equal(80, options.MaxResponseHeadersKb);
        Assert.Equal(UnderscoreAction.Allow, options.HeadersWithUnderscores);
        Assert.False(options.SendFullyQualifiedUrl);
    }

    [Fact]
    public void Everything_IsTaken()
    {
        (WireCore.Http1ProtocolOptions wire, ConfigScope scope) = Root("""
            accept_http_10: true
            default_host_for_http_10: fallback.example.com
            allow_absolute_url: false
            enable_trailers: true
            header_key_format: { proper_case_words: {} }
            allow_chunked_length: true
            allow_custom_methods: true
            send_fully_qualified_url: true
            """);
        var common = new WireCore.HttpProtocolOptions
        {
            MaxHeadersCount = 7,
            MaxResponseHeadersKb = 9,
            HeadersWithUnderscoresAction = WireCore.HttpProtocolOptions.Types.HeadersWithUnderscoresAction.DropHeader,
        };
        Http1Options options = HttpOptionsConverter.Http1(wire, common, 33, scope);
        Assert.True(options.AcceptHttp10);
        Assert.Equal("fallback.example.com", Encoding.UTF8.GetString([.. options.DefaultHostForHttp10]));
        Assert.False(options.AllowAbsoluteUrl);
        Assert.True(options.EnableTrailers);
        Assert.Equal(HeaderKeyFormat.ProperCase, options.HeaderKeyFormat);
        Assert.True(options.AllowChunkedLength);
        Assert.True(options.AllowCustomMethods);
        Assert.True(options.SendFullyQualifiedUrl);
        Assert.Equal((7, 33, 9), (options.MaxHeadersCount, options.MaxHeadersKb, options.MaxResponseHeadersKb));
        Assert.Equal(UnderscoreAction.DropHeader, options.HeadersWithUnderscores);
    }

    [Fact]
    public void PreserveCase_IsTaken()
    {
        (WireCore.Http1ProtocolOptions wire, ConfigScope scope) = Root(Stateful(
            "envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig",
            ", forward_reason_phrase: true, formatter_type_on_envoy_headers: PROPER_CASE"));
        Http1Options options = HttpOptionsConverter.Http1(wire, new WireCore.HttpProtocolOptions(), null, scope);
        Assert.Equal(HeaderKeyFormat.PreserveCase, options.HeaderKeyFormat);
        Assert.True(options.ForwardReasonPhrase);
        Assert.True(options.CapitalisesOwnNames);
    }

    [Fact]
    public void IgnoredUpgrades_AreTaken()
    {
        (WireCore.Http1ProtocolOptions wire, ConfigScope scope) = Root("ignore_http_11_upgrade: [ { exact: x }, { safe_regex: { regex: TLS/.* } } ]");
        Http1Options options = HttpOptionsConverter.Http1(wire, new WireCore.HttpProtocolOptions(), null, scope);
        Assert.True(options.IgnoredUpgrades!.Ignores("x"u8));
        Assert.True(options.IgnoredUpgrades.Ignores("TLS/1.0"u8));
        Assert.False(options.IgnoredUpgrades.Ignores("xx"u8));
    }

    [Theory]
    [InlineData(
        "envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig",
        "header_key_format.stateful_formatter.typed_config: found envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig, which is no header formatter")]
    public void Unsupported_IsRefusedAtItsPlace(string type, string error)
    {
        var errors = new ConfigErrors();
        (WireCore.Http1ProtocolOptions wire, ConfigScope scope) = TestContexts.Load<WireCore.Http1ProtocolOptions>(Stateful(type, ""), errors);
        HttpOptionsConverter.Http1(wire, new WireCore.HttpProtocolOptions(), null, scope);
        Assert.Contains(error, Assert.Single(errors.Items).ToString(), StringComparison.Ordinal);
    }

    private static string Stateful(string type, string more) =>
        $"header_key_format: {{ stateful_formatter: {{ name: p, typed_config: {{ \"@type\": type.googleapis.com/{type}{more} }} }} }}";

    private static (WireCore.Http1ProtocolOptions Message, ConfigScope Scope) Root(string yaml) =>
        TestContexts.Load<WireCore.Http1ProtocolOptions>(yaml, new ConfigErrors());
}
