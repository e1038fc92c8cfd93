using System.Text;
using Nuncio.Core.Streams;
using Nuncio.Extensions.ListenerFilters.ProxyProtocol;
using Nuncio.Testing.ListenerFilters;

namespace Nuncio.Extensions.Tests.ListenerFilters.ProxyProtocol;

public sealed class ProxyProtocolV1Tests : IDisposable
{
    private readonly ListenerFilterLab _lab = new(new ProxyProtocolProvider(new ProxyProtocolConfig()));

    public void Dispose() => _lab.Dispose();

    private ListenerFilterProbe Receive(string text) => _lab.ReceiveEveryWay(Encoding.Latin1.GetBytes(text));

    [Theory]
    [InlineData("PROXY TCP4 203.0.113.9 198.51.100.1 56324 443\r\n", "203.0.113.9:56324", "198.51.100.1:443")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 0 65535\r\n", "1.2.3.4:0", "5.6.7.8:65535")]
    [InlineData("PROXY TCP6 2001:db8::9 2001:db8::1 56324 443\r\n", "[2001:db8::9]:56324", "[2001:db8::1]:443")]
    public void Header_IsBelievedAndTakenOff(string header, string source, string destination)
    {
        ListenerFilterProbe probe = Receive(header + "more data");
        Assert.True(probe.HasContinued);
        Assert.Equal("more data", probe.Rest);
        Assert.Equal(source, probe.Info.RemoteAddress.ToString());
        Assert.Equal("192.0.2.7:50000", probe.Info.DirectRemoteAddress.ToString());
        Assert.Equal(destination, probe.Info.LocalAddress.ToString());
        Assert.True(probe.Info.IsLocalAddressRestored);
        var kept = (ProxyProtocolHeader)probe.Info.FilterState!.Find(ProxyProtocolHeader.FilterStateKey)!;
        Assert.Equal((1, source, destination), (kept.Version, kept.Source.ToString(), kept.Destination.ToString()));
        Assert.Empty(kept.Tlvs);
        Assert.True(_lab.Counter("proxy_proto.versions.v1.found") > 0);
        Assert.Equal(0, _lab.Counter("downstream_cx_proxy_proto_error"));
    }

    [Theory]
    [InlineData("PROXY UNKNOWN\r\n")]
    [InlineData("PROXY UNKNOWN whatever is here\r\n")]
    [InlineData("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n")]
    public void Unknown_KeepsTheRealAddresses(string header)
    {
        ListenerFilterProbe probe = Receive(header + "more");
        Assert.Equal("more", probe.Rest);
        Assert.Equal("192.0.2.7:50000", probe.Info.RemoteAddress.ToString());
        Assert.False(probe.Info.IsLocalAddressRestored);
    }

    [Fact]
    public void DestinationWhereItWasAccepted_IsNotRestored() =>
        Assert.False(Receive("PROXY TCP4 203.0.113.9 10.0.0.1 1 10000\r\n").Info.IsLocalAddressRestored);

    [Theory]
    [InlineData("PROXY\r\n")]
    [InlineData("PROXYZ TCP4 1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY  TCP4 1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4  1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 2 \r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n")]
    [InlineData("PROXY TCP4\t1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY tcp4 1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP5 1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY UNKNOWN2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\rX\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 \n2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 01 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 00\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 65536\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 -1\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 +1\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 abc\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 4294967297\r\n")]
    [InlineData("PROXY TCP4 01.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4.5 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.256 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4 ::1 ::2 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 ::2 1 2\r\n")]
    [InlineData("PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP6 ::1 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP6 1::2::3 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 fe80::1%1 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 [::1] ::1 1 2\r\n")]
    [InlineData("PROXY TCP4 0.0.0.0 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 255.255.255.255 1 2\r\n")]
    [InlineData("PROXY TCP4 224.0.0.1 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP6 :: ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 ff02::1 ::1 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4\0 5.6.7.8 1 2\r\n")]
    [InlineData("PROXY TCP4 \u00b9.2.3.4 5.6.7.8 1 2\r\n")]
    public void WrongLine_IsClosedAndCounted(string line)
    {
        ListenerFilterProbe probe = Receive(line);
        Assert.Equal("proxy_protocol_error", probe.ClosedFor);
        Assert.Equal("192.0.2.7:50000", probe.Info.RemoteAddress.ToString());
        Assert.Null(probe.Info.FilterState);
        Assert.True(_lab.Counter("proxy_proto.versions.v1.error") > 0);
        Assert.Equal(_lab.Counter("proxy_proto.versions.v1.error"), _lab.Counter("downstream_cx_proxy_proto_error"));
        Assert.Equal(0, _lab.Counter("proxy_proto.versions.v1.found"));
    }

    [Fact]
    public void LongestLine_Is107Bytes()
    {
        string line = "PROXY UNKNOWN " + new string('x', 107 - 14 - 2) + "\r\n";
        Assert.Equal(107, line.Length);
        Assert.True(Receive(line).HasContinued);
        Assert.Equal("proxy_protocol_not_found", Receive(line.Replace("\r\n", "x\r\n", StringComparison.Ordinal)).ClosedFor);
    }

    [Fact]
    public void LineThatDoesNotEnd_CountsAsNotFound()
    {
        Assert.Equal("proxy_protocol_not_found", _lab.Receive(Encoding.ASCII.GetBytes("PROXY TCP4 1.2.3.4 2.3.4.5 100 100" + new string(' ', 256))).ClosedFor);
        Assert.Equal(1, _lab.Counter("proxy_proto.not_found_disallowed"));
        Assert.Equal(0, _lab.Counter("proxy_proto.versions.v1.error"));
        Assert.Equal(1, _lab.Counter("downstream_cx_proxy_proto_error"));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 1)]
    [InlineData("PROMISE\r\n", 4)]
    [InlineData("\r\n\r\n\r", 5)]
    public void NoHeader_IsClosedAtTheFirstByteThatTells(string text, int after)
    {
        ListenerFilterProbe probe = _lab.Accept();
        foreach (char c in text)
        {
            probe.Receive([(byte)c]);
        }

        Assert.Equal("proxy_protocol_not_found", probe.ClosedFor);
        Assert.Equal(after, probe.DecidedAfter);
        Assert.Equal(1, _lab.Counter("proxy_proto.not_found_disallowed"));
    }

    [Theory]
    [InlineData("P")]
    [InlineData("PROXY")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r")]
    public void HalfALine_Waits(string text)
    {
        Assert.True(_lab.Receive(Encoding.ASCII.GetBytes(text)).IsWaiting);
        Assert.Equal(0, _lab.Counter("proxy_proto.not_found_disallowed"));
    }
}
