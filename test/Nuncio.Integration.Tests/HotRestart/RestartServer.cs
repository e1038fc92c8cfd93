using Microsoft.Extensions.Logging;
using Nuncio.Base.Time;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;
using Nuncio.Core.Listeners;
using Nuncio.Integration.Tests.Server;
using Nuncio.Server;
using Nuncio.Server.Bootstrap;
using Nuncio.Server.CommandLine;
using Nuncio.Server.HotRestart;
using Nuncio.Server.Lifecycle;
using Nuncio.Server.Logging;
using Nuncio.Server.Systemd;

namespace Nuncio.Integration.Tests.HotRestart;

/// <summary>
/// One process of a hot restart, but in this process: a whole server with both ends of the line. Made per test; disposing it ends it.
/// </summary>
internal sealed class RestartServer : IDisposable
{
    private readonly LogRegistry _logs;
    private readonly HotRestarter _restarter;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _isLive = new();

    private RestartServer(NuncioServer server, HotRestarter restarter, LogRegistry logs)
    {
        Instance = server;
        _restarter = restarter;
        _logs = logs;
        restarter.Attach(server);
        server.Lifecycle.StateShown += state =>
        {
            if (state == ServerState.Live)
            {
                _isLive.Set();
            }
        };
        _thread = new Thread(() =>
        {
            server.Run();
            restarter.Dispose();
        })
        { Name = "main of a test", IsBackground = true };
        _thread.Start();
    }

    internal NuncioServer Instance { get; }

    internal int AdminPort => Instance.AdminAddress!.Port;

    internal bool HasEnded => !_thread.IsAlive;

    /// <summary>Starts one that must start.</summary>
    internal static RestartServer Start(string yaml, ServerOptions options, ServiceNotifier? service = null)
    {
        RestartServer? server = TryStart(yaml, options, out string? error, service);
        Assert.True(server is not null, error);
        Assert.True(server._isLive.Wait(TestServer.Patience), "the server did not become live");
        return server;
    }

    /// <summary>Starts one, or tells why not.</summary>
    internal static RestartServer? TryStart(string yaml, ServerOptions options, out string? error, ServiceNotifier? service = null)
    {
        options = options with { Concurrency = options.Concurrency ?? 2 };
        var errors = new ConfigErrors();
        Assert.True(LogWriter.TryOpen(new LogPattern(LogPattern.Default, escapeMessages: false), options.LogPath ?? "/dev/null", out LogWriter? writer, out error), error);
        var logs = new LogRegistry(writer!, SystemClock.Instance, LogLevel.Information);
        LoadedBootstrap source = ConfigLoader.LoadBootstrap(path: null, yaml, LoadOptions.Default, errors)!;
        service ??= ServiceNotifier.None;
        HotRestarter? restarter = HotRestarter.TryOpen(options, service, SystemClock.Instance, logs.CreateLogger(LogComponents.Main), out error);
        if (restarter is null)
        {
            logs.Dispose();
            return null;
        }

        ServerSeams seams = ServerSeams.Machine with
        {
            InheritedSockets = restarter.Sockets, Service = service, FirstStartTicks = restarter.FirstStartTicks,
        };
        NuncioServer? server = Composition.TryBuild(options, source, logs, seams, errors);
        error = string.Join('\n', errors.Items);
        if (server is null)
        {
            restarter.Dispose();
            logs.Dispose();
            return null;
        }

        return new RestartServer(server, restarter, logs);
    }

    internal int Port(string listener) => Instance.Listeners.Listeners.First(l => l.Config.Name == listener).Bound[0].Port;

    internal RawClient Connect(string listener) => new(Port(listener));

    internal HttpReply Get(string listener, string path)
    {
        using RawClient client = Connect(listener);
        return client.Get(path);
    }

    internal long Counter(string name) => Instance.Stats.CounterValue(name);

    internal long Gauge(string name) => Instance.Stats.GaugeValue(name);

    internal void WaitForEnd() => Assert.True(_thread.Join(TestServer.Patience), "the server did not end");

    /// <summary>Waits for something that a server does by itself.</summary>
    internal static void Await(Func<bool> happened, string what) => Assert.True(SpinWait.SpinUntil(happened, TestServer.Patience), what);

    /// <inheritdoc/>
    public void Dispose()
    {
        Instance.Lifecycle.PostShutdown("end of the test");
        Instance.Lifecycle.PostShutdown("end of the test");
        WaitForEnd();
        _restarter.Dispose();
        _logs.Dispose();
        _isLive.Dispose();
    }
}
