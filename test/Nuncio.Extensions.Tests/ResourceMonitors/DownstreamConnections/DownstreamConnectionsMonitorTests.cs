using Envoy.Extensions.ResourceMonitors.DownstreamConnections.V3;
using Nuncio.Base.Stats;
using Nuncio.Core.Extensibility;
using Nuncio.Core.Overload;
using Nuncio.Core.Runtime;
using Nuncio.Extensions.ResourceMonitors.DownstreamConnections;

namespace Nuncio.Extensions.Tests.ResourceMonitors.DownstreamConnections;

public sealed class DownstreamConnectionsMonitorTests : IDisposable
{
    private readonly MonitorFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Limit_HoldsAtOnceAndPressureFollows()
    {
        ResourceMonitor monitor = _fixture.Make(
            new DownstreamConnectionsFactory(), new DownstreamConnectionsConfig { MaxActiveDownstreamConnections = 4 });
        var stats = new StatsStore(1);
        var worker = new WorkerContext(_fixture.Loop.Dispatcher, stats);
        var config = new OverloadConfig { Monitors = [new NamedMonitor("connections", monitor)] };
        var manager = new OverloadManager(config, _fixture.Loop.Dispatcher, [worker], stats.Root(), new LayeredRuntime());
        manager.Start();
        for (int i = 0; i < 4; i++)
        {
            Assert.True(worker.Overload.TryAdmitConnection(ignoreLimit: false));
        }

        Assert.False(worker.Overload.TryAdmitConnection(ignoreLimit: false));
        worker.Overload.ReleaseConnection();
        Assert.Equal(0.75, MonitorFixture.Read(monitor), 9);
        _fixture.Loop.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(75, stats.GaugeValue("overload.connections.pressure"));
    }
}
