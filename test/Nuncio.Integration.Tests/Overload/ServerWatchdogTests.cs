using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Nuncio.Integration.Tests.Server;
using Nuncio.Server.Bootstrap;
using Nuncio.Server.CommandLine;
using Nuncio.Server.Overload;

namespace Nuncio.Integration.Tests.Overload;

/// <summary>Threads of a real server that do not come back to their loops.</summary>
public sealed partial class ServerWatchdogTests : IDisposable
{
    private const string Watchdogs = "\nwatchdogs: { worker_watchdog: { miss_timeout: 0.02s, megamiss_timeout: 0.04s } }";

    private readonly TemporaryFolder _folder = new();
    private volatile bool _isReleased;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void StuckWorker_IsCountedAndDescribedInTheLog()
    {
        string log = _folder["log"];
        using TestServer server = TestServer.Start(
            Configs.Http(1) + Watchdogs, new ServerOptions { LogPath = log });
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

    [Fact]
    public void SpinningWorker_ShowsItsStackWithLines()
    {
        string log = _folder["log"];
        using TestServer server = TestServer.Start(Configs.Http(1) + Watchdogs, new ServerOptions { LogPath = log });
        server.Instance.WorkerDispatchers[1].Post(SpinUntilReleased);

        string said = "";
        SpinWait.SpinUntil(() => (said = File.ReadAllText(log)).Contains("the stack of", StringComparison.Ordinal), TestServer.Patience);
        _isReleased = true;
        Assert.Contains("stood still", said, StringComparison.Ordinal);

        string text = After(said, "the stack of worker_1:");
        Assert.Contains($"  at {typeof(ServerWatchdogTests).FullName}.{nameof(SpinUntilReleased)}() in {nameof(ServerWatchdogTests)}.cs:", text, StringComparison.Ordinal);
        Assert.Contains("Nuncio.IO.Events.Dispatcher.", text, StringComparison.Ordinal);
        WaitFor(() => server.Instance.Stats.CounterValue("workers.watchdog_mega_miss") > 0);
        Assert.Equal(200, server.Get("http", "/direct").Status);
    }

    [Fact]
    public void WorkerInABlockingCall_ShowsItsStack()
    {
        string log = _folder["log"];
        using TestServer server = TestServer.Start(Configs.Http(1) + Watchdogs, new ServerOptions { LogPath = log });
        server.Instance.WorkerDispatchers[0].Post(SleepInTheKernel);

        string said = "";
        SpinWait.SpinUntil(() => (said = File.ReadAllText(log)).Contains("the stack of", StringComparison.Ordinal), TestServer.Patience);
        _isReleased = true;
        Assert.Contains("stood still", said, StringComparison.Ordinal);

        string text = After(said, "the stack of worker_0:");
        Assert.Contains($"  at {typeof(ServerWatchdogTests).FullName}.{nameof(SleepInTheKernel)}()", text, StringComparison.Ordinal);
        Assert.Equal(200, server.Get("http", "/direct").Status);
    }

    [Fact]
    public void StackThatTakesTooLong_IsGivenUpAndSaid()
    {
        string log = _folder["log"];
        using TestServer server = TestServer.Start(
            Configs.Http(1) + Watchdogs, new ServerOptions { LogPath = log }, Reading("exec sleep 1000", TimeSpan.FromMilliseconds(100)));
        server.Instance.WorkerDispatchers[0].Post(SpinUntilReleased);

        WaitFor(() => File.ReadAllText(log).Contains("the stack of worker_0 cannot be read: it took longer than 100 ms", StringComparison.Ordinal));
        _isReleased = true;

        Assert.Equal(200, server.Get("http", "/direct").Status);
    }

    [Fact]
    public void StackThatIsRefused_IsSaidWithTheReason()
    {
        string log = _folder["log"];
        using TestServer server = TestServer.Start(
            Configs.Http(1) + Watchdogs, new ServerOptions { LogPath = log }, Reading("echo not allowed >&2; exit 1", TestServer.Patience));
        server.Instance.WorkerDispatchers[0].Post(SpinUntilReleased);

        WaitFor(() => File.ReadAllText(log).Contains("the stack of worker_0 cannot be read: not allowed", StringComparison.Ordinal));
        _isReleased = true;
    }

    /// <summary>Two threads that are stuck: what is slow already gets one process more, not two.</summary>
    [Fact]
    public void SecondStackWithinAMinute_IsNotRead()
    {
        string log = _folder["log"];
        string count = _folder["count"];
        using TestServer server = TestServer.Start(
            Configs.Http(1) + Watchdogs, new ServerOptions { LogPath = log }, Reading($"echo once >> {count}; echo here", TestServer.Patience));
        server.Instance.WorkerDispatchers[0].Post(SpinUntilReleased);
        server.Instance.WorkerDispatchers[1].Post(SpinUntilReleased);

        WaitFor(() => server.Instance.Stats.CounterValue("workers.watchdog_mega_miss") == 2 &&
            File.ReadAllText(log).Contains(":\nhere", StringComparison.Ordinal));
        _isReleased = true;

        Assert.Equal("once\n", File.ReadAllText(count));
    }

    [Fact]
    public void ProcessThatReadsTheStack_InheritsNoSocketAndNotTheService()
    {
        string log = _folder["log"];
        using TestServer server = TestServer.Start(
            Configs.Http(1) + Watchdogs, new ServerOptions { LogPath = log }, Reading("ls -l /proc/self/fd; env; echo end", TestServer.Patience));
        server.Instance.WorkerDispatchers[0].Post(SpinUntilReleased);

        WaitFor(() => File.ReadAllText(log).Contains("\nend", StringComparison.Ordinal));
        _isReleased = true;

        string text = After(File.ReadAllText(log), "the stack of worker_0:");
        Assert.Contains("pipe:", text, StringComparison.Ordinal);
        Assert.DoesNotContain("socket:", text, StringComparison.Ordinal);
        Assert.DoesNotContain("anon_inode", text, StringComparison.Ordinal);
        Assert.DoesNotContain("NOTIFY_SOCKET", text, StringComparison.Ordinal);
    }

    [Fact]
    public void KillTimeout_WaitsForTheStack()
    {
        string log = _folder["log"];
        using var killed = new ManualResetEvent(false);
        ServerSeams seams = Reading("echo last words", TestServer.Patience) with { Abort = _ => killed.Set() };
        using TestServer server = TestServer.Start(
            Configs.Http(1) + "\nwatchdogs: { worker_watchdog: { kill_timeout: 0.05s } }", new ServerOptions { LogPath = log }, seams);
        server.Instance.WorkerDispatchers[0].Post(SpinUntilReleased);

        Assert.True(killed.WaitOne(TestServer.Patience));
        _isReleased = true;
        WaitFor(() => File.ReadAllText(log).Contains("the stack of worker_0:\nlast words", StringComparison.Ordinal));
    }

    private static ServerSeams Reading(string script, TimeSpan patience) =>
        ServerSeams.Machine with { Stacks = new StackReader("/bin/sh", ["-c", script], patience) };

    private static string After(string text, string mark) => text[text.IndexOf(mark, StringComparison.Ordinal)..];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SpinUntilReleased()
    {
        while (!_isReleased)
        {
            // Not the framework's way to spin: the stack is to be found here.
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SleepInTheKernel()
    {
        while (!_isReleased)
        {
            _ = PollNothing(0, 0, 1000);
        }
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int PollNothing(nint descriptors, nuint count, int milliseconds);

    private static void WaitFor(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TestServer.Patience));
}
