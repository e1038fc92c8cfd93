using System.Net;
using Nuncio.Core.HttpConnection;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Tests.HttpConnection;

public sealed class InternalAddressesTests
{
    [Theory]
    [InlineData("10.0.0.0", 8, "10.255.1.2", true)]
    [InlineData("10.0.0.0", 8, "11.0.0.0", false)]
    [InlineData("192.168.4.0", 22, "192.168.7.255", true)]
    [InlineData("192.168.4.0", 22, "192.168.8.0", false)]
    [InlineData("1.2.3.4", 32, "1.2.3.4", true)]
    [InlineData("1.2.3.4", 32, "1.2.3.5", false)]
    [InlineData("0.0.0.0", 0, "200.1.1.1", true)]
    [InlineData("0.0.0.0", 0, "::1", false)]
    [InlineData("1.2.3.4", 99, "1.2.3.4", true)]
    [InlineData("fd00::", 8, "fd12:3456::1", true)]
    [InlineData("fd00::", 8, "fc00::1", false)]
    [InlineData("2001:db8::", 33, "2001:db8:7fff::1", true)]
    [InlineData("2001:db8::", 33, "2001:db8:8000::1", false)]
    [InlineData("::", 0, "1.2.3.4", false)]
    public void Range_ContainsWhatSharesItsPrefix(string prefix, int length, string address, bool expected)
    {
        Assert.True(NetworkAddress.TryParseIp(address, 80, out NetworkAddress? parsed));
        Assert.Equal(expected, new CidrRange(IPAddress.Parse(prefix), length).Contains(parsed!));
        Assert.Equal(expected, new InternalAddresses(false, [new CidrRange(IPAddress.Parse(prefix), length)]).Contains(parsed!));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void UnixSocket_IsInternalWhenSaid(bool said) =>
        Assert.Equal(said, new InternalAddresses(said, []).Contains(NetworkAddress.FromPipe("/run/x")));
}
