using System.Text;
using Nuncio.Core.Streams;
using Nuncio.Extensions.ListenerFilters.ProxyProtocol;
using Nuncio.Testing.ListenerFilters;

namespace Nuncio.Extensions.Tests.ListenerFilters.ProxyProtocol;

/// <summary>What TLVs are kept, and which versions or none are taken.</summary>
public sealed class ProxyProtocolOptionTests
{
    private const string V1Line = "PROXY TCP4 203.0.113.9 198.51.100.1 56324 443\r\n";

    private static readonly ProxyHeaderBuilder s_header = ProxyHeaderBuilder.IPv4()
        .WithTlv(1, [.. "h2"u8]).WithTlv(2, [.. "a.example"u8]).WithTlv(0xE1, 0x62, 0xFC, 0xC3, 0xBC, 0xC3).WithTlv(0xE2);

    private static TlvRule?[] Rules(params (byte Type, TlvRule Rule)[] rules)
    {
        var all = new TlvRule?[256];
        foreach ((byte type, TlvRule rule) in rules)
        {
            all[type] = rule;
        }

        return all;
    }

    private static ListenerFilterLab Lab(ProxyProtocolConfig config) => new(new ProxyProtocolProvider(config));

    [Fact]
    public void Rules_PutValuesIntoMetadata()
    {
        using ListenerFilterLab lab = Lab(new ProxyProtocolConfig { Rules = Rules((2, new("ns", "authority")), (0xE1, new("ns", "odd")), (0xE2, new("other", "empty"))) });
        DynamicMetadata metadata = lab.ReceiveEveryWay(s_header.Bytes()).Info.Metadata!;
        Assert.Equal("a.example", metadata.Find("ns")!["authority"]);

        // Bytes that are no UTF-8 become exclamation marks.
        Assert.Equal("b!\u00fc!", metadata.Find("ns")!["odd"]);
        Assert.Equal("", metadata.Find("other")!["empty"]);
        Assert.Equal(2, metadata.Find("ns")!.Count);
    }

    [Fact]
    public void Rules_PutValuesIntoFilterState()
    {
        using ListenerFilterLab lab = Lab(new ProxyProtocolConfig { Rules = Rules((1, new("", "alpn")), (2, new("", "name\""))), TlvsToFilterState = true });
        ConnectionInfo info = lab.ReceiveEveryWay(s_header.Bytes()).Info;
        Assert.Null(info.Metadata);
        var values = (TlvValues)info.FilterState!.Find("envoy.network.proxy_protocol.tlv")!;
        Assert.Equal("h2", values.Find("alpn"));
        Assert.Null(values.Find("other"));
        Assert.Equal("""{"alpn":"h2","name\u0022":"a.example"}""", info.FilterState.FindText("envoy.network.proxy_protocol.tlv"));
        Assert.False(info.FilterState.TrySet("envoy.network.proxy_protocol.tlv", "other"));
    }

    [Fact]
    public void PassThrough_KeepsTheTypesAskedForInOrder()
    {
        bool[] types = new bool[256];
        types[0xE2] = types[1] = true;
        using ListenerFilterLab lab = Lab(new ProxyProtocolConfig { PassThrough = types });
        var header = (ProxyProtocolHeader)lab.ReceiveEveryWay(s_header.Bytes()).Info.FilterState!.Find("envoy.network.proxy_protocol_options")!;
        Assert.Equal([(1, "6832"), (0xE2, "")], header.Tlvs.Select(t => ((int)t.Type, Convert.ToHexString(t.Value))));
    }

    [Fact]
    public void LocalCommand_KeepsNoTlvs()
    {
        using ListenerFilterLab lab = Lab(new ProxyProtocolConfig { Rules = Rules((1, new("ns", "alpn"))) });
        ProxyHeaderBuilder local = ProxyHeaderBuilder.IPv4().WithTlv(1, [.. "h2"u8]);
        local.VersionAndCommand = 0x20;
        Assert.Null(lab.ReceiveEveryWay(local.Bytes()).Info.Metadata);
    }

    [Fact]
    public void WrongHeader_KeepsNoTlvs()
    {
        using ListenerFilterLab lab = Lab(new ProxyProtocolConfig { Rules = Rules((1, new("ns", "alpn"))) });
        ListenerFilterProbe probe = lab.ReceiveEveryWay(ProxyHeaderBuilder.IPv4().WithTlv(1, [.. "h2"u8]).With(9).Bytes());
        Assert.NotNull(probe.ClosedFor);
        Assert.Null(probe.Info.Metadata);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("BOGUS\r\n")]
    [InlineData("PROXI")]
    [InlineData("x")]
    public void WithoutHeader_MayComeInWhereConfigured(string text)
    {
        using ListenerFilterLab lab = Lab(new ProxyProtocolConfig { AllowWithout = true });
        ListenerFilterProbe probe = lab.ReceiveEveryWay(Encoding.ASCII.GetBytes(text));
        Assert.True(probe.HasContinued);
        Assert.Equal(text, probe.Rest);
        Assert.Null(probe.Info.FilterState);
        Assert.True(lab.Counter("proxy_proto.not_found_allowed") > 0);
        Assert.Equal(0, lab.Counter("downstream_cx_proxy_proto_error"));
    }

    [Fact]
    public void WrongHeader_MayNotComeInEvenThen()
    {
        using ListenerFilterLab lab = Lab(new ProxyProtocolConfig { AllowWithout = true });
        Assert.NotNull(lab.Receive("PROXY TCP4 nonsense\r\n"u8).ClosedFor);
        Assert.NotNull(lab.Receive(new ProxyHeaderBuilder { VersionAndCommand = 0x31 }.Bytes()).ClosedFor);
        Assert.NotNull(lab.Receive(Encoding.ASCII.GetBytes("PROXY UNKNOWN" + new string(' ', 200))).ClosedFor);
        Assert.Equal(0, lab.Counter("proxy_proto.not_found_allowed"));
        Assert.Equal(1, lab.Counter("proxy_proto.not_found_disallowed"));
    }

    [Fact]
    public void PartOfASignature_WaitsEvenThen()
    {
        using ListenerFilterLab lab = Lab(new ProxyProtocolConfig { AllowWithout = true });
        Assert.True(lab.Receive("PROX"u8).IsWaiting);
        Assert.True(lab.Receive("\r\n\r\n"u8).IsWaiting);
    }

    [Fact]
    public void DisallowedV1_IsClosedAsSoonAsItIsKnown()
    {
        using ListenerFilterLab lab = Lab(new ProxyProtocolConfig { AllowV1 = false });
        Assert.Equal("proxy_protocol_version_disallowed", lab.Receive("PROXY"u8).ClosedFor);
        Assert.Equal(1, lab.Counter("proxy_proto.versions.v1.found"));
        Assert.Equal(1, lab.Counter("proxy_proto.versions.v1.disallowed"));
        Assert.Equal(0, lab.Counter("downstream_cx_proxy_proto_error"));
        Assert.True(lab.ReceiveEveryWay(s_header.Bytes()).HasContinued);
    }

    [Fact]
    public void DisallowedV2_IsClosedAsSoonAsItIsKnown()
    {
        using ListenerFilterLab lab = Lab(new ProxyProtocolConfig { AllowV2 = false });
        Assert.Equal("proxy_protocol_version_disallowed", lab.ReceiveEveryWay(s_header.Bytes()).ClosedFor);
        Assert.True(lab.Counter("proxy_proto.versions.v2.disallowed") > 0);
        Assert.True(lab.ReceiveEveryWay(Encoding.ASCII.GetBytes(V1Line)).HasContinued);
    }

    [Fact]
    public void DisallowedVersion_IsNoHeaderWhereNoneIsNeeded()
    {
        using ListenerFilterLab lab = Lab(new ProxyProtocolConfig { AllowV1 = false, AllowWithout = true });
        ListenerFilterProbe probe = lab.ReceiveEveryWay(Encoding.ASCII.GetBytes(V1Line));
        Assert.True(probe.HasContinued);
        Assert.Equal(V1Line, probe.Rest);
        Assert.Equal("192.0.2.7:50000", probe.Info.RemoteAddress.ToString());
        Assert.True(lab.Counter("proxy_proto.not_found_allowed") > 0);
    }

    [Fact]
    public void StatPrefix_IsInAllNamesButTheOldOne()
    {
        using ListenerFilterLab lab = Lab(new ProxyProtocolConfig { StatPrefix = "edge" });
        lab.Receive("x"u8);
        lab.Receive(Encoding.ASCII.GetBytes(V1Line));
        Assert.Equal(1, lab.Counter("proxy_proto.edge.not_found_disallowed"));
        Assert.Equal(1, lab.Counter("proxy_proto.edge.versions.v1.found"));
        Assert.Equal(1, lab.Counter("downstream_cx_proxy_proto_error"));
    }
}
