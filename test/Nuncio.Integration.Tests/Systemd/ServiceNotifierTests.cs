using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Nuncio.Integration.Tests.HotRestart;
using Nuncio.Integration.Tests.Server;
using Nuncio.Server.CommandLine;
using Nuncio.Server.Systemd;

namespace Nuncio.Integration.Tests.Systemd;

/// <summary>The words that systemd gets, with a socket in its place.</summary>
public sealed class ServiceNotifierTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Socket _manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public ServiceNotifierTests()
    {
        _manager.Bind(new UnixDomainSocketEndPoint(_folder["notify"]));
        _manager.ReceiveTimeout = (int)TestServer.Patience.TotalMilliseconds;
    }

    [Fact]
    public void Life_IsTold()
    {
        using (RestartServer.Start(Configs.Http(1), new ServerOptions { DisableHotRestart = true }, Notifier()))
        {
            Assert.Equal("READY=1\nSTATUS=serving", Receive());
        }

        Assert.Equal("STOPPING=1\nSTATUS=draining", Receive());
    }

    [Fact]
    public void TakeOver_MakesTheNewProcessTheMainOneBeforeItIsReady()
    {
        var options = new ServerOptions { SocketPath = "@nuncio-test-" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture) };
        using RestartServer old = RestartServer.Start(Configs.Http(1), options, Notifier());
        Assert.Equal("READY=1\nSTATUS=serving", Receive());
        using RestartServer young = RestartServer.Start(Configs.Http(1), options with { RestartEpoch = 1 }, Notifier());

        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"MAINPID={Environment.ProcessId}"), Receive());
        Assert.Equal("READY=1\nSTATUS=serving", Receive());
        old.WaitForEnd();
        Assert.Equal(0, _manager.Available); // The old process says nothing of its end.
    }

    [Fact]
    public void Reload_TellsTheTime()
    {
        ServiceNotifier notifier = Notifier();
        notifier.Reloading(monotonicNanos: 5_000_000);

        Assert.Equal("RELOADING=1\nMONOTONIC_USEC=5000\nSTATUS=reloading", Receive());
    }

    [Fact]
    public void Watchdog_IsFedAtOnceAndByTimer()
    {
        ServiceNotifier notifier = Notifier(("WATCHDOG_USEC", "60000"));
        using RestartServer server = RestartServer.Start(Configs.Http(1), new ServerOptions { DisableHotRestart = true }, notifier);

        string[] words = [Receive(), Receive(), Receive(), Receive()];

        Assert.Equal("WATCHDOG=1", words[0]);
        Assert.Equal(3, words.Count(static w => w == "WATCHDOG=1"));
        Assert.Contains("READY=1\nSTATUS=serving", words);
    }

    [Fact]
    public void WatchdogOfAnotherProcess_IsNotOurs()
    {
        ServiceNotifier notifier = Notifier(("WATCHDOG_USEC", "60000"), ("WATCHDOG_PID", "1"));
        using (RestartServer.Start(Configs.Http(1), new ServerOptions { DisableHotRestart = true }, notifier))
        {
            Assert.Equal("READY=1\nSTATUS=serving", Receive());
        }

        Assert.Equal("STOPPING=1\nSTATUS=draining", Receive());
    }

    [Fact]
    public void NobodyListens_DoesNoHarm()
    {
        _manager.Dispose();
        ServiceNotifier notifier = Notifier();

        notifier.Ready();
        notifier.HandOver(1);
        notifier.Stopping();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _manager.Dispose();
        _folder.Dispose();
    }

    private ServiceNotifier Notifier(params (string Name, string Value)[] more) => ServiceNotifier.From(name =>
        name == "NOTIFY_SOCKET" ? _folder["notify"] : more.FirstOrDefault(m => m.Name == name).Value);

    private string Receive()
    {
        byte[] bytes = new byte[512];
        return Encoding.UTF8.GetString(bytes, 0, _manager.Receive(bytes));
    }
}
