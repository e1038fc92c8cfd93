using Nuncio.Integration.Tests.Server;
using Nuncio.Server.Bootstrap;
using Nuncio.Server.CommandLine;

namespace Nuncio.Integration.Tests.Overload;

/// <summary>Threads of a real server that do not come back to their loops.</summary>
public sealed class ServerWatchdogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void StuckWorker_IsCountedAndDescribedInTheLog()
    {
        string log = _folder["log"];
        using TestServer server = TestServer.Start(
            Configs.Http(1) + "\nwatchdogs: { worker_watchdog: { miss_timeout: 0.02s, megamiss_timeout: 0.04s } }", new ServerOptions { LogPath = log });
        using var release = new ManualResetEvent(false);
        server.Instance.WorkerDispatchers[1].Post(() => release.WaitOne(TestServer.Patience));

        WaitFor(() => File.ReadAllText(log).Contains("worker_1 has not come back to its loop", StringComparison.Ordinal));
        release.Set();

        WaitFor(() => server.Instance.Stats.CounterValue("workers.watchdog_mega_miss") > 0);
        Assert.True(server.Instance.Stats.CounterValue("server.worker_1.watchdog_miss") > 0);
        Assert.True(server.Instance.Stats.CounterValue("server.worker_1.watchdog_mega_miss") > 0);
        string text = File.ReadAllText(log);
        Assert.Contains("running: posted work of " + typeof(ServerWatchdogTests).FullName, text, StringComparison.Ordinal);
        Assert.Contains("State:", text, StringComparison.Ordinal);
        Assert.Equal(200, server.Get("http", "/direct").Status);
    }

    [Fact]
    public void StuckMainThreadWithKillTimeout_EndsTheProcess()
    {
        using var killed = new ManualResetEvent(false);
        string? reason = null;
        ServerSeams seams = ServerSeams.Machine with
        {
            Abort = why =>
            {
                reason ??= why;
                killed.Set();
            },
        };
        using TestServer server = TestServer.Start(
            Configs.Http(1) + "\nwatchdogs: { main_thread_watchdog: { kill_timeout: 0.05s } }", seams: seams);
        server.Instance.MainDispatcher.Post(() => killed.WaitOne(TestServer.Patience));

        Assert.True(killed.WaitOne(TestServer.Patience));
        Assert.Equal("watchdog: main_thread is stuck", reason);
    }

    private static void WaitFor(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TestServer.Patience));
}
