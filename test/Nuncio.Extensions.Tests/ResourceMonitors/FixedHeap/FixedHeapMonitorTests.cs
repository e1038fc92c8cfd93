using Envoy.Extensions.ResourceMonitors.FixedHeap.V3;
using Nuncio.Core.Overload;
using Nuncio.Extensions.ResourceMonitors.FixedHeap;

namespace Nuncio.Extensions.Tests.ResourceMonitors.FixedHeap;

public sealed class FixedHeapMonitorTests : IDisposable
{
    private readonly MonitorFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(100, 300, 0.3)]
    [InlineData(500, 300, 0.5)]
    [InlineData(0, 0, 0)]
    [InlineData(2000, 10, 2)]
    public void Pressure_IsTheLargerOfHeapAndResidentMemory(long managed, long resident, double expected)
    {
        ResourceMonitor monitor = _fixture.Make(new FixedHeapFactory(() => new MemoryUse(managed, resident)), new FixedHeapConfig { MaxHeapSizeBytes = 1000 });
        Assert.Equal(expected, MonitorFixture.Read(monitor), 9);
    }

    [Fact]
    public void ThisProcess_UsesSomeMemory()
    {
        ResourceMonitor monitor = _fixture.Make(new FixedHeapFactory(), new FixedHeapConfig { MaxHeapSizeBytes = 1UL << 40 });
        Assert.InRange(MonitorFixture.Read(monitor), 1e-9, 0.5);
    }
}
