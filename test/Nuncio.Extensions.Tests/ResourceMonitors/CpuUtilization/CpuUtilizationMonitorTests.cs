using Envoy.Extensions.ResourceMonitors.CpuUtilization.V3;
using Nuncio.Core.Overload;
using Nuncio.Extensions.ResourceMonitors.CpuUtilization;

namespace Nuncio.Extensions.Tests.ResourceMonitors.CpuUtilization;

public sealed class CpuUtilizationMonitorTests : IDisposable
{
    private const double Alpha = 0.05;

    private readonly MonitorFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Host_IsTheSmoothedShareOfTheTimeSinceTheLastReading()
    {
        ResourceMonitor monitor = Host("cpu  100 10 90 800 5 5 5 0 0 0\ncpu0 1 1 1 1\n");
        WriteStat("cpu  150 10 140 800 9 9 9 0 0 0\ncpu0 1 1 1 1\n"); // 100 of 100
        Assert.Equal(Alpha, MonitorFixture.Read(monitor), 9);
        WriteStat("cpu  150 10 140 900 9 9 9 0 0 0\n"); // 0 of 100
        Assert.Equal(Alpha * (1 - Alpha), MonitorFixture.Read(monitor), 9);
    }

    [Fact]
    public void Host_BusyForLong_ComesNearOne()
    {
        ResourceMonitor monitor = Host("cpu  0 0 0 0");
        double pressure = 0;
        for (int i = 1; i <= 100; i++)
        {
            WriteStat($"cpu  {i * 100} 0 0 0");
            pressure = MonitorFixture.Read(monitor);
        }

        Assert.InRange(pressure, 0.99, 1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("cpu0 1 2 3 4\n")]
    [InlineData("cpu  1 2 3\n")]
    [InlineData("cpu  1 2 3\n4")]
    [InlineData("cpu  1 2 x 4\n")]
    [InlineData("cpu  1 2 -3 4\n")]
    [InlineData("cpu  1 2 99999999999999999999999 4\n")]
    [InlineData("nothing of the kind")]
    public void Host_HostileFile_FailsTheUpdate(string content)
    {
        ResourceMonitor monitor = Host("cpu  1 1 1 1");
        WriteStat(content);
        MonitorFixture.ReadError(monitor);
    }

    [Fact]
    public void Host_TimesThatGoBackwards_FailOnceAndCountFromThere()
    {
        ResourceMonitor monitor = Host("cpu  1000 0 0 1000");
        WriteStat("cpu  10 0 0 10");
        Assert.Contains("backwards", MonitorFixture.ReadError(monitor), StringComparison.Ordinal);
        WriteStat("cpu  10 0 0 10");
        MonitorFixture.ReadError(monitor);
        WriteStat("cpu  60 0 0 60");
        Assert.Equal(0.5 * Alpha, MonitorFixture.Read(monitor), 9);
    }

    [Fact]
    public void Host_FileMissingAtStart_BeginsWhenItIsThere()
    {
        ResourceMonitor monitor = _fixture.Make(new CpuUtilizationFactory(_fixture.Root, Path.Combine(_fixture.Root, "stat")), new CpuUtilizationConfig());
        MonitorFixture.ReadError(monitor);
        WriteStat("cpu  10 0 0 10");
        Assert.Contains("earlier", MonitorFixture.ReadError(monitor), StringComparison.Ordinal);
        WriteStat("cpu  20 0 0 10");
        Assert.Equal(Alpha, MonitorFixture.Read(monitor), 9);
    }

    [Fact]
    public void Host_OfThisMachine_CanBeRead()
    {
        ResourceMonitor monitor = _fixture.Make(new CpuUtilizationFactory(), new CpuUtilizationConfig());
        bool read = SpinWait.SpinUntil(() => monitor.TryRead(out _, out _), TimeSpan.FromSeconds(20));
        Assert.True(read);
    }

    [Theory]
    [InlineData("max 100000", "0-3", 4)]
    [InlineData("200000 100000", "0-3", 2)]
    [InlineData("50000 100000", "0-3", 0.5)]
    [InlineData("900000 100000", "0-1,4,6-7", 5)]
    public void SecondVersion_IsTimeUsedOfTheQuotaOrTheProcessors(string quota, string processors, double count)
    {
        _fixture.Write("cpu.stat", "usage_usec 1000000\nuser_usec 1\n");
        _fixture.Write("cpu.max", quota + "\n");
        _fixture.Write("cpuset.cpus.effective", processors + "\n");
        ResourceMonitor monitor = Container();
        _fixture.Loop.Clock.Advance(TimeSpan.FromSeconds(10));
        _fixture.Write("cpu.stat", "usage_usec 2000000\nuser_usec 1\n"); // 1 s of 10 s
        Assert.Equal(0.1 / count * Alpha, MonitorFixture.Read(monitor), 9);
    }

    [Fact]
    public void SecondVersionWithoutQuota_CountsTheMachinesProcessors()
    {
        _fixture.Write("cpu.stat", "usage_usec 0\n");
        ResourceMonitor monitor = Container();
        _fixture.Loop.Clock.Advance(TimeSpan.FromSeconds(1));
        _fixture.Write("cpu.stat", "usage_usec 500000\n");
        Assert.Equal(0.5 / Environment.ProcessorCount * Alpha, MonitorFixture.Read(monitor), 9);
    }

    [Fact]
    public void FirstVersion_IsTimeUsedOfTheShares()
    {
        _fixture.Write("cpuacct/cpuacct.usage", "0\n");
        _fixture.Write("cpu/cpu.shares", "2000\n");
        ResourceMonitor monitor = Container();
        _fixture.Loop.Clock.Advance(TimeSpan.FromSeconds(1));
        _fixture.Write("cpuacct/cpuacct.usage", "1000000000\n");
        Assert.Equal(0.5 * Alpha, MonitorFixture.Read(monitor), 9);
    }

    [Theory]
    [InlineData("cpu.stat", "")]
    [InlineData("cpu.stat", "user_usec 5\n")]
    [InlineData("cpu.stat", "usage_usec many\n")]
    [InlineData("cpu.max", "")]
    [InlineData("cpu.max", "100")]
    [InlineData("cpu.max", "100 0")]
    [InlineData("cpu.max", "0 100")]
    [InlineData("cpu.max", "a b")]
    [InlineData("cpu.max", "1 2 3")]
    [InlineData("cpuset.cpus.effective", "")]
    [InlineData("cpuset.cpus.effective", "3-1")]
    [InlineData("cpuset.cpus.effective", "0-4294967295")]
    [InlineData("cpuset.cpus.effective", "0-1-2")]
    [InlineData("cpuset.cpus.effective", "0,,1")]
    public void SecondVersion_HostileFile_FailsTheUpdate(string name, string content)
    {
        _fixture.Write("cpu.stat", "usage_usec 0\n");
        _fixture.Write("cpu.max", "max 100000\n");
        _fixture.Write("cpuset.cpus.effective", "0-1\n");
        ResourceMonitor monitor = Container();
        _fixture.Loop.Clock.Advance(TimeSpan.FromSeconds(1));
        MonitorFixture.Read(monitor);
        _fixture.Write(name, content);
        _fixture.Loop.Clock.Advance(TimeSpan.FromSeconds(1));
        MonitorFixture.ReadError(monitor);
    }

    [Fact]
    public void NoControlGroups_IsAnErrorOfTheConfiguration()
    {
        Assert.Null(_fixture.TryMake(
            new CpuUtilizationFactory(_fixture.Root), new CpuUtilizationConfig { Mode = CpuUtilizationConfig.Types.UtilizationComputeStrategy.Container }));
        Assert.Contains("neither version of control groups", Assert.Single(_fixture.Errors), StringComparison.Ordinal);
    }

    private void WriteStat(string content) => _fixture.Write("stat", content);

    private ResourceMonitor Host(string content)
    {
        WriteStat(content);
        return _fixture.Make(new CpuUtilizationFactory(_fixture.Root, Path.Combine(_fixture.Root, "stat")), new CpuUtilizationConfig());
    }

    private ResourceMonitor Container() => _fixture.Make(
        new CpuUtilizationFactory(_fixture.Root), new CpuUtilizationConfig { Mode = CpuUtilizationConfig.Types.UtilizationComputeStrategy.Container });
}
