using Envoy.Extensions.ResourceMonitors.InjectedResource.V3;
using Nuncio.Core.Overload;
using Nuncio.Extensions.ResourceMonitors.InjectedResource;

namespace Nuncio.Extensions.Tests.ResourceMonitors.InjectedResource;

public sealed class InjectedResourceMonitorTests : IDisposable
{
    private readonly MonitorFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("0", 0)]
    [InlineData("0.75\n", 0.75)]
    [InlineData(" 1.0 ", 1)]
    [InlineData("5e-1", 0.5)]
    public void Number_IsThePressure(string content, double expected)
    {
        _fixture.Write("pressure", content);
        Assert.Equal(expected, MonitorFixture.Read(Make()), 9);
    }

    [Theory]
    [InlineData("")]
    [InlineData("high")]
    [InlineData("-0.1")]
    [InlineData("1.1")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("0,5")]
    [InlineData("0.5 0.5")]
    public void AnythingElse_FailsTheUpdate(string content)
    {
        _fixture.Write("pressure", content);
        MonitorFixture.ReadError(Make());
    }

    [Fact]
    public void Change_IsSeenHoweverTheFileIsReplaced()
    {
        ResourceMonitor monitor = Make();
        Assert.Contains("pressure", MonitorFixture.ReadError(monitor), StringComparison.Ordinal);
        _fixture.Write("pressure", "0.1");
        Assert.Equal(0.1, MonitorFixture.Read(monitor), 9);

        string moved = _fixture.Write("next", "0.2");
        File.Move(moved, Path.Combine(_fixture.Root, "pressure"), overwrite: true);
        Assert.Equal(0.2, MonitorFixture.Read(monitor), 9);

        string target = _fixture.Write("target", "0.3");
        _fixture.Delete("pressure");
        File.CreateSymbolicLink(Path.Combine(_fixture.Root, "pressure"), target);
        Assert.Equal(0.3, MonitorFixture.Read(monitor), 9);
    }

    [Fact]
    public void Folder_FailsTheUpdate()
    {
        Directory.CreateDirectory(Path.Combine(_fixture.Root, "pressure"));
        MonitorFixture.ReadError(Make());
    }

    private ResourceMonitor Make() =>
        _fixture.Make(new InjectedResourceFactory(), new InjectedResourceConfig { Filename = Path.Combine(_fixture.Root, "pressure") });
}
