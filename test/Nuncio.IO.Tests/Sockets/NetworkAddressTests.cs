using System.Text;
using Nuncio.IO.Sockets;

namespace Nuncio.IO.Tests.Sockets;

public sealed class NetworkAddressTests
{
    [Theory]
    [InlineData("1.2.3.4", "1.2.3.4:80")]
    [InlineData("0.0.0.0", "0.0.0.0:80")]
    [InlineData("255.255.255.255", "255.255.255.255:80")]
    [InlineData("::", "[::]:80")]
    [InlineData("::1", "[::1]:80")]
    [InlineData("2001:DB8:0:0:1:0:0:1", "[2001:db8::1:0:0:1]:80")]
    [InlineData("fe80::1%3", "[fe80::1%3]:80")]
    public void IpText_IsReadAndShownCanonically(string text, string shown)
    {
        Assert.True(NetworkAddress.TryParseIp(text, 80, out NetworkAddress? address));
        Assert.Equal(shown, address!.ToString());
        Assert.Equal(shown, Encoding.UTF8.GetString(address.Utf8));
        Assert.Equal(address.IpText, Encoding.UTF8.GetString(address.IpUtf8));
        Assert.True(NetworkAddress.TryParseIpAndPort(shown, out NetworkAddress? again));
        Assert.Equal(address, again);
        Assert.Equal(address.GetHashCode(), again!.GetHashCode());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.256")]
    [InlineData("1.2.3.04")]
    [InlineData("1.2.3.")]
    [InlineData("0x1.2.3.4")]
    [InlineData(" 1.2.3.4")]
    [InlineData("1.2.3.4/8")]
    [InlineData("localhost")]
    [InlineData("[::1]")]
    [InlineData("::1/128")]
    [InlineData(":::")]
    [InlineData("1::2::3")]
    [InlineData("12345::")]
    public void NotAnIp_IsRefused(string text) => Assert.False(NetworkAddress.TryParseIp(text, 80, out _));

    [Theory]
    [InlineData("1.2.3.4")]
    [InlineData("1.2.3.4:")]
    [InlineData("1.2.3.4:65536")]
    [InlineData("1.2.3.4:-1")]
    [InlineData("1.2.3.4:+1")]
    [InlineData("::1:80")]
    [InlineData("[1.2.3.4]:80")]
    public void NotAnIpAndPort_IsRefused(string text) => Assert.False(NetworkAddress.TryParseIpAndPort(text, out _));

    [Fact]
    public void Pipe_ShowsItsPathAndIsNoIp()
    {
        NetworkAddress address = NetworkAddress.FromPipe("@nuncio", 0x1B0);
        Assert.Equal("@nuncio", address.ToString());
        Assert.False(address.IsIp);
        Assert.Equal(0x1B0, address.PipeMode);
        Assert.Throws<ArgumentException>(() => NetworkAddress.FromPipe(new string('x', 108)));
    }

    [Theory]
    [InlineData("127.0.0.1:1", true, false)]
    [InlineData("127.9.9.9:1", true, false)]
    [InlineData("128.0.0.1:1", false, false)]
    [InlineData("[::1]:1", true, false)]
    [InlineData("[::]:1", false, true)]
    [InlineData("0.0.0.0:1", false, true)]
    public void LoopbackAndAny_AreTold(string text, bool loopback, bool any)
    {
        Assert.True(NetworkAddress.TryParseIpAndPort(text, out NetworkAddress? address));
        Assert.Equal(loopback, address!.IsLoopback);
        Assert.Equal(any, address.IsAnyIp);
    }
}
