using Envoy.Extensions.ResourceMonitors.CgroupMemory.V3;
using Nuncio.Core.Overload;
using Nuncio.Extensions.ResourceMonitors.CgroupMemory;

namespace Nuncio.Extensions.Tests.ResourceMonitors.CgroupMemory;

public sealed class CgroupMemoryMonitorTests : IDisposable
{
    private readonly MonitorFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("500\n", "1000\n", 0, 0.5)]
    [InlineData("500", "max", 0, 0)]
    [InlineData("500", "max", 1000, 0.5)]
    [InlineData("500", "1000", 2000, 0.5)]
    [InlineData("500", "4000", 2000, 0.25)]
    [InlineData("3000", "1000", 0, 3)]
    public void SecondVersion_IsUsageOfTheLimit(string usage, string limit, ulong cap, double expected)
    {
        _fixture.Write("memory.current", usage);
        _fixture.Write("memory.max", limit);
        Assert.Equal(expected, MonitorFixture.Read(Make(cap)), 9);
    }

    [Theory]
    [InlineData("9223372036854771712", 0, 0)]
    [InlineData("-1", 0, 0)]
    [InlineData("-1", 1000, 0.5)]
    [InlineData("2000", 0, 0.25)]
    public void FirstVersion_IsUsageOfTheLimit(string limit, ulong cap, double expected)
    {
        _fixture.Write("memory/memory.usage_in_bytes", "500\n");
        _fixture.Write("memory/memory.limit_in_bytes", limit + "\n");
        Assert.Equal(expected, MonitorFixture.Read(Make(cap)), 9);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   \n")]
    [InlineData("many")]
    [InlineData("-5")]
    [InlineData("1e3")]
    [InlineData("99999999999999999999999999")]
    [InlineData("1 2")]
    [InlineData("0")]
    public void HostileLimit_FailsTheUpdate(string limit)
    {
        _fixture.Write("memory.current", "500");
        _fixture.Write("memory.max", limit);
        Assert.Contains("memory.max", MonitorFixture.ReadError(Make()), StringComparison.Ordinal);
    }

    [Fact]
    public void FileThatGoes_FailsTheUpdateUntilItIsBack()
    {
        _fixture.Write("memory.current", "500");
        _fixture.Write("memory.max", "1000");
        ResourceMonitor monitor = Make();
        _fixture.Delete("memory.current");
        Assert.Contains("memory.current", MonitorFixture.ReadError(monitor), StringComparison.Ordinal);
        _fixture.Write("memory.current", "250");
        Assert.Equal(0.25, MonitorFixture.Read(monitor), 9);
    }

    [Fact]
    public void HugeFile_IsNotReadToItsEnd()
    {
        _fixture.Write("memory.current", new string('1', 1_000_000));
        _fixture.Write("memory.max", "1000");
        MonitorFixture.ReadError(Make());
    }

    [Fact]
    public void NoControlGroups_IsAnErrorOfTheConfiguration()
    {
        Assert.Null(_fixture.TryMake(new CgroupMemoryFactory(_fixture.Root), new CgroupMemoryConfig()));
        Assert.Contains("neither version of control groups", Assert.Single(_fixture.Errors), StringComparison.Ordinal);
    }

    private ResourceMonitor Make(ulong cap = 0) => _fixture.Make(new CgroupMemoryFactory(_fixture.Root), new CgroupMemoryConfig { MaxMemoryBytes = cap });
}
