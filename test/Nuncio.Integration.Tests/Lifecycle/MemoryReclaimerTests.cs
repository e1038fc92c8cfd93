using Nuncio.Server.Lifecycle;
using Nuncio.Testing.Network;

namespace Nuncio.Integration.Tests.Lifecycle;

public sealed class MemoryReclaimerTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly SimulatedLoop _loop = new();
    private long _connections;
    private int _collections;

    [Fact]
    public void LoadGone_CollectsTwiceAndNoMore()
    {
        Start();
        Hold(10_000);
        Assert.Equal(0, _collections);

        Hold(0);
        Assert.Equal(2, _collections);

        Hold(0);
        Assert.Equal(2, _collections);
    }

    [Fact]
    public void LoadBack_CollectsOnlyAfterTheNextFall()
    {
        Start();
        Hold(10_000);
        _connections = 0;
        _loop.Advance(TimeSpan.FromSeconds(3));
        Hold(10_000);
        Assert.Equal(0, _collections);

        Hold(5_000);
        Assert.Equal(2, _collections);
    }

    [Fact]
    public void SmallLoad_IsNotWorthIt()
    {
        Start();
        Hold(400);
        Hold(0);

        Assert.Equal(0, _collections);
    }

    private void Start() => new MemoryReclaimer(_loop.Dispatcher, () => _connections, () => _collections++).Start();

    private void Hold(long connections)
    {
        _connections = connections;
        _loop.Advance(s_minute);
    }
}
