using Nuncio.Core.Streams;
using Nuncio.Extensions.ListenerFilters.ProxyProtocol;
using Nuncio.Testing.ListenerFilters;

namespace Nuncio.Extensions.Tests.ListenerFilters.ProxyProtocol;

public sealed class ProxyProtocolV2Tests : IDisposable
{
    private readonly ListenerFilterLab _lab = new(new ProxyProtocolProvider(new ProxyProtocolConfig()));

    public void Dispose() => _lab.Dispose();

    private ListenerFilterProbe Receive(ProxyHeaderBuilder header) => _lab.ReceiveEveryWay([.. header.Bytes(), .. "more data"u8]);

    [Fact]
    public void IPv4_IsBelievedAndTakenOff() =>
        AssertBelieved(Receive(ProxyHeaderBuilder.IPv4()), "203.0.113.9:56324", "198.51.100.1:443");

    [Fact]
    public void IPv6_IsBelievedAndTakenOff() =>
        AssertBelieved(Receive(ProxyHeaderBuilder.IPv6()), "[2001:db8::9]:56324", "[2001:db8::1]:443");

    [Fact]
    public void Datagram_IsBelievedToo()
    {
        ProxyHeaderBuilder header = ProxyHeaderBuilder.IPv4();
        header.FamilyAndTransport = 0x12;
        AssertBelieved(Receive(header), "203.0.113.9:56324", "198.51.100.1:443");
    }

    [Fact]
    public void TlvsNobodyAskedFor_AreTakenOff()
    {
        ListenerFilterProbe probe = Receive(ProxyHeaderBuilder.IPv4().WithTlv(2, [.. "a.example"u8]).WithTlv(0xE0));
        AssertBelieved(probe, "203.0.113.9:56324", "198.51.100.1:443");
        Assert.Null(probe.Info.Metadata);
    }

    [Fact]
    public void LongestHeader_IsRead()
    {
        ProxyHeaderBuilder header = ProxyHeaderBuilder.IPv4().WithTlv(0xE0, new byte[16384 - 28 - 3]);
        ListenerFilterProbe probe = _lab.ReceiveSomeWays([.. header.Bytes(), .. "more data"u8], new Random(1));
        AssertBelieved(probe, "203.0.113.9:56324", "198.51.100.1:443");
        Assert.Equal(16384, probe.Consumed);
        Assert.Equal("proxy_protocol_error", _lab.Receive(header.With(0).Bytes()).ClosedFor);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(300)]
    public void Local_KeepsTheRealAddressesWhateverFollows(int length)
    {
        var header = new ProxyHeaderBuilder { VersionAndCommand = 0x20, FamilyAndTransport = 0 };
        ListenerFilterProbe probe = Receive(header.With(new byte[length]));
        Assert.Equal("more data", probe.Rest);
        Assert.Equal("192.0.2.7:50000", probe.Info.RemoteAddress.ToString());
        Assert.False(probe.Info.IsLocalAddressRestored);
        var kept = (ProxyProtocolHeader)probe.Info.FilterState!.Find(ProxyProtocolHeader.FilterStateKey)!;
        Assert.Equal((2, "192.0.2.7:50000", "10.0.0.1:10000"), (kept.Version, kept.Source.ToString(), kept.Destination.ToString()));
        Assert.True(_lab.Counter("proxy_proto.versions.v2.found") > 0);
    }

    public static TheoryData<string, byte[]> Wrong => new()
    {
        { "version 1", new ProxyHeaderBuilder { VersionAndCommand = 0x11 }.With(new byte[12]).Bytes() },
        { "version 3", new ProxyHeaderBuilder { VersionAndCommand = 0x31 }.With(new byte[12]).Bytes() },
        { "unknown command", new ProxyHeaderBuilder { VersionAndCommand = 0x22 }.With(new byte[12]).Bytes() },
        { "unspecified family", new ProxyHeaderBuilder { FamilyAndTransport = 0x00 }.Bytes() },
        { "unspecified family with transport", new ProxyHeaderBuilder { FamilyAndTransport = 0x01 }.With(new byte[12]).Bytes() },
        { "Unix domain sockets", new ProxyHeaderBuilder { FamilyAndTransport = 0x31 }.With(new byte[216]).Bytes() },
        { "unknown family", new ProxyHeaderBuilder { FamilyAndTransport = 0x41 }.With(new byte[216]).Bytes() },
        { "unspecified transport", new ProxyHeaderBuilder { FamilyAndTransport = 0x10 }.With(new byte[12]).Bytes() },
        { "unknown transport", new ProxyHeaderBuilder { FamilyAndTransport = 0x13 }.With(new byte[12]).Bytes() },
        { "too short for IPv4", new ProxyHeaderBuilder { Length = 11 }.With(new byte[12]).Bytes() },
        { "too short for IPv6", new ProxyHeaderBuilder { FamilyAndTransport = 0x21, Length = 35 }.With(new byte[36]).Bytes() },
        { "length 0", new ProxyHeaderBuilder { Length = 0 }.With(new byte[12]).Bytes() },
        { "longer than any", new ProxyHeaderBuilder { Length = 16369 }.With(new byte[12]).Bytes() },
        { "longer than any, LOCAL", new ProxyHeaderBuilder { VersionAndCommand = 0x20, Length = 65535 }.With(new byte[12]).Bytes() },
        { "TLV without length", ProxyHeaderBuilder.IPv4().With(1, 0).Bytes() },
        { "TLV of one byte", ProxyHeaderBuilder.IPv4().With(1).Bytes() },
        { "TLV longer than the header", ProxyHeaderBuilder.IPv4().With(1, 0, 2, 7).Bytes() },
        { "second TLV longer than the header", ProxyHeaderBuilder.IPv4().WithTlv(1, 7).With(1, 0xFF, 0xFF).Bytes() },
        { "from any", ProxyHeaderBuilder.IPv4("0.0.0.0").Bytes() },
        { "to all", ProxyHeaderBuilder.IPv4(destination: "255.255.255.255").Bytes() },
        { "from many", ProxyHeaderBuilder.IPv4("239.1.2.3").Bytes() },
        { "from any, IPv6", ProxyHeaderBuilder.IPv6("::").Bytes() },
        { "to many, IPv6", ProxyHeaderBuilder.IPv6(destination: "ff02::1").Bytes() },
        { "wrong checksum", ProxyHeaderBuilder.IPv4().WithChecksum(change: 1).Bytes() },
        { "short checksum", ProxyHeaderBuilder.IPv4().WithTlv(3, 1, 2).Bytes() },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void WrongHeader_IsClosedAndCounted(string what, byte[] header)
    {
        ListenerFilterProbe probe = _lab.ReceiveEveryWay(header);
        Assert.True(probe.ClosedFor == "proxy_protocol_error", what);
        Assert.Equal("192.0.2.7:50000", probe.Info.RemoteAddress.ToString());
        Assert.Null(probe.Info.FilterState);
        Assert.Equal(_lab.Counter("proxy_proto.versions.v2.error"), _lab.Counter("downstream_cx_proxy_proto_error"));
        Assert.Equal(0, _lab.Counter("proxy_proto.versions.v2.found"));
    }

    [Fact]
    public void RightChecksum_IsTaken()
    {
        Assert.True(Receive(ProxyHeaderBuilder.IPv4().WithTlv(1, [.. "h2"u8]).WithChecksum()).HasContinued);
        Assert.True(Receive(ProxyHeaderBuilder.IPv4().WithChecksum(behind: [4, 0, 3, 0, 0, 0])).HasContinued);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(27)]
    public void HalfAHeader_Waits(int length) =>
        Assert.True(_lab.Receive(ProxyHeaderBuilder.IPv4().Bytes().AsSpan(0, length)).IsWaiting);

    private void AssertBelieved(ListenerFilterProbe probe, string source, string destination)
    {
        Assert.True(probe.HasContinued);
        Assert.Equal("more data", probe.Rest);
        Assert.Equal(source, probe.Info.RemoteAddress.ToString());
        Assert.Equal(destination, probe.Info.LocalAddress.ToString());
        Assert.True(probe.Info.IsLocalAddressRestored);
        var kept = (ProxyProtocolHeader)probe.Info.FilterState!.Find(ProxyProtocolHeader.FilterStateKey)!;
        Assert.Equal((2, source, destination), (kept.Version, kept.Source.ToString(), kept.Destination.ToString()));
        Assert.Empty(kept.Tlvs);
        Assert.True(_lab.Counter("proxy_proto.versions.v2.found") > 0);
    }
}
