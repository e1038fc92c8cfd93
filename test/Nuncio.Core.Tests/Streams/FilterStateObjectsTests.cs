using Nuncio.Core.Streams;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Tests.Streams;

public sealed class FilterStateObjectsTests
{
    [Theory]
    [InlineData("envoy.string", "", "")]
    [InlineData("envoy.tcp_proxy.cluster", "up", "up")]
    [InlineData("envoy.network.ip", "1.2.3.4", "1.2.3.4:0")]
    [InlineData("envoy.network.ip", "1.2.3.4:5", null)]
    [InlineData("envoy.filters.listener.original_dst.local_ip", "1.2.3.4:5", "1.2.3.4:5")]
    [InlineData("envoy.filters.listener.original_dst.remote_ip", "[::1]:5", "[::1]:5")]
    [InlineData("envoy.network.transport_socket.original_dst_address", "localhost:5", null)]
    [InlineData("envoy.upstream.dynamic_port", "4294967295", "4294967295")]
    [InlineData("envoy.upstream.dynamic_port", "4294967296", null)]
    [InlineData("envoy.tcp_proxy.per_connection_idle_timeout_ms", "-1", null)]
    [InlineData("envoy.tcp_proxy.disable_tunneling", "true", "true")]
    [InlineData("envoy.tcp_proxy.disable_tunneling", "yes", "false")]
    public void Text_BecomesAnObjectOfItsKind(string kind, string text, string? expected) =>
        Assert.Equal(expected, FilterStateObjects.Find(kind)!(text)?.ToString());

    [Fact]
    public void UnknownKind_IsNotFound() => Assert.Null(FilterStateObjects.Find("envoy.strin"));

    [Fact]
    public void Addresses_AreAddresses() => Assert.IsType<NetworkAddress>(FilterStateObjects.Find("envoy.network.ip")!("::1"));
}
