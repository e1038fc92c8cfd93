using Nuncio.Config.Errors;
using Nuncio.Config.Loading;
using Nuncio.Extensions.ListenerFilters.ProxyProtocol;
using Wire = Envoy.Extensions.Filters.Listener.ProxyProtocol.V3;

namespace Nuncio.Extensions.Tests.ListenerFilters.ProxyProtocol;

public sealed class ProxyProtocolFactoryTests
{
    private static (ProxyProtocolConfig? Config, string[] Errors) Load(string yaml)
    {
        ConfigErrors errors = new();
        var loaded = ConfigLoader.LoadMessage<Wire.ProxyProtocol>(yaml, ConfigFormat.Yaml, "test.yaml", new LoadOptions(), errors);

        // The factory needs nothing of the process.
        var provider = loaded is null ? null : new ProxyProtocolFactory().Create(loaded.Message, null!, loaded.Root(errors));
        return ((provider as ProxyProtocolProvider)?.Config, [.. errors.Items.Select(error => error.ToString())]);
    }

    [Fact]
    public void Nothing_IsEnvoysDefaults()
    {
        ProxyProtocolConfig config = Load("{}").Config!;
        Assert.True(config is { AllowV1: true, AllowV2: true, AllowWithout: false, TlvsToFilterState: false, StatPrefix: "" });
        Assert.All(config.Rules, Assert.Null);
        Assert.All(config.PassThrough, Assert.False);
    }

    [Fact]
    public void Everything_IsTaken()
    {
        ProxyProtocolConfig config = Load("""
            rules:
            - { tlv_type: 2, on_tlv_present: { key: first } }
            - { tlv_type: 2, on_tlv_present: { key: authority } }
            - { tlv_type: 255, on_tlv_present: { metadata_namespace: ns, key: custom } }
            allow_requests_without_proxy_protocol: true
            pass_through_tlvs: { match_type: INCLUDE, tlv_type: [1, 255] }
            disallowed_versions: [V1]
            stat_prefix: edge
            tlv_location: FILTER_STATE
            """).Config!;
        Assert.Equal(new TlvRule("envoy.filters.listener.proxy_protocol", "authority"), config.Rules[2]);
        Assert.Equal(new TlvRule("ns", "custom"), config.Rules[255]);
        Assert.Equal(2, config.Rules.Count(rule => rule is not null));
        Assert.Equal([1, 255], Enumerable.Range(0, 256).Where(type => config.PassThrough[type]));
        Assert.True(config is { AllowV1: false, AllowV2: true, AllowWithout: true, TlvsToFilterState: true, StatPrefix: "edge" });
    }

    [Fact]
    public void PassThroughWithoutWords_IsAll() => Assert.All(Load("pass_through_tlvs: {}").Config!.PassThrough, Assert.True);

    [Theory]
    [InlineData("disallowed_versions: [V1, V2]", "no client could connect")]
    [InlineData("rules: [{ tlv_type: 256, on_tlv_present: { key: a } }]", "rules[0].tlv_type")]
    [InlineData("rules: [{ tlv_type: 1, on_tlv_present: {} }]", "rules[0].on_tlv_present.key")]
    [InlineData("pass_through_tlvs: { tlv_type: [1, 256] }", "pass_through_tlvs.tlv_type[1]")]
    public void WhatCannotBe_IsRefused(string yaml, string expected) => Assert.Contains(expected, Assert.Single(Load(yaml).Errors));
}
