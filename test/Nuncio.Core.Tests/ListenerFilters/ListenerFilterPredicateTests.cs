using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Streams;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Tests.ListenerFilters;

public sealed class ListenerFilterPredicateTests
{
    private static readonly ListenerFilterPredicate s_from80To89 = ListenerFilterPredicate.DestinationPorts(80, 90);

    [Theory]
    [InlineData(79, false)]
    [InlineData(80, true)]
    [InlineData(89, true)]
    [InlineData(90, false)]
    public void PortRange_ExcludesItsEnd(int port, bool expected) => Assert.Equal(expected, s_from80To89.Matches(At(port)));

    [Fact]
    public void RestoredDestination_IsWhatCounts()
    {
        ConnectionInfo info = At(80);
        info.LocalAddress = NetworkAddress.FromIPv4(1, 443);
        Assert.False(s_from80To89.Matches(info));
    }

    [Fact]
    public void Pipe_HasNoPort() =>
        Assert.False(ListenerFilterPredicate.DestinationPorts(0, 65536).Matches(new ConnectionInfo(NetworkAddress.FromPipe("/p"), NetworkAddress.UnnamedPipe)));

    [Fact]
    public void Combinations_AreWhatTheySay()
    {
        ListenerFilterPredicate at85 = ListenerFilterPredicate.DestinationPorts(85, 86);
        Assert.True(ListenerFilterPredicate.Any.Matches(At(1)));
        Assert.True(ListenerFilterPredicate.Not(at85).Matches(At(80)));
        Assert.False(ListenerFilterPredicate.Not(at85).Matches(At(85)));
        Assert.True(ListenerFilterPredicate.All([s_from80To89, at85]).Matches(At(85)));
        Assert.False(ListenerFilterPredicate.All([s_from80To89, at85]).Matches(At(84)));
        Assert.True(ListenerFilterPredicate.AnyOf([at85, s_from80To89]).Matches(At(84)));
        Assert.False(ListenerFilterPredicate.AnyOf([at85, s_from80To89]).Matches(At(90)));
    }

    private static ConnectionInfo At(int port) => new(NetworkAddress.FromIPv4(0x0A000001, port), NetworkAddress.FromIPv4(0x0A000002, 5000));
}
