using Microsoft.Extensions.Logging;
using Nuncio.Base.Time;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;
using Nuncio.Core.Listeners;
using Nuncio.Server;
using Nuncio.Server.Bootstrap;
using Nuncio.Server.CommandLine;
using Nuncio.Server.Lifecycle;
using Nuncio.Server.Logging;

namespace Nuncio.Integration.Tests.Server;

/// <summary>A whole server in this process, on real sockets and a main thread of its own. Made per test; disposing it ends it.</summary>
internal sealed class TestServer : IDisposable
{
    /// <summary>Longest wait for anything; reached only when a test fails.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly LogRegistry _logs;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _isLive = new();

    private TestServer(NuncioServer server, LogRegistry logs)
    {
        Instance = server;
        _logs = logs;
        server.Lifecycle.StateShown = state =>
        {
            if (state == ServerState.Live)
            {
                _isLive.Set();
            }
        };
        _thread = new Thread(server.Run) { Name = "main of a test", IsBackground = true };
        _thread.Start();
    }

    internal NuncioServer Instance { get; }

    internal int AdminPort => Instance.AdminAddress!.Port;

    /// <summary>Starts a server of a configuration that must be right.</summary>
    internal static TestServer Start(string yaml, ServerOptions? options = null, ServerSeams? seams = null)
    {
        var errors = new ConfigErrors();
        TestServer? server = TryStart(yaml, options ?? new ServerOptions(), errors, seams);
        Assert.True(server is not null, string.Join('\n', errors.Items));
        Assert.True(server._isLive.Wait(Patience), "the server did not become live");
        return server;
    }

    /// <summary>Starts a server, or tells what is wrong.</summary>
    internal static TestServer? TryStart(string yaml, ServerOptions options, ConfigErrors errors, ServerSeams? seams = null)
    {
        options = options with { Concurrency = options.Concurrency ?? 2 };
        LogRegistry logs = Quiet(options.LogPath);
        LoadedBootstrap? source = ConfigLoader.LoadBootstrap(path: null, yaml, LoadOptions.Default, errors);
        NuncioServer? server = source is null ? null : Composition.TryBuild(options, source, logs, seams ?? ServerSeams.Machine, errors);
        if (server is null)
        {
            logs.Dispose();
            return null;
        }

        return new TestServer(server, logs);
    }

    /// <summary>The port a listener is bound to.</summary>
    internal int Port(string listener) => Find(listener).Bound[0].Port;

    /// <summary>A connection to a listener.</summary>
    internal RawClient Connect(string listener) => new(Port(listener));

    /// <summary>One request to a listener on a connection of its own.</summary>
    internal HttpReply Get(string listener, string path)
    {
        using RawClient client = Connect(listener);
        return client.Get(path);
    }

    /// <summary>One request to the admin server on a connection of its own.</summary>
    internal HttpReply Admin(string target, string method = "GET")
    {
        using var client = new RawClient(AdminPort);
        client.Send($"{method} {target} HTTP/1.1\r\nhost: admin\r\ncontent-length: 0\r\n\r\n");
        return client.ReadReply(isHead: method == "HEAD");
    }

    /// <summary>Waits until the server has ended by itself.</summary>
    internal void WaitForEnd() => Assert.True(_thread.Join(Patience), "the server did not end");

    /// <summary>Whether it ends within a time; for tests that it does not.</summary>
    internal bool HasEnded => !_thread.IsAlive;

    /// <inheritdoc/>
    public void Dispose()
    {
        Instance.Lifecycle.PostShutdown("end of the test");
        Instance.Lifecycle.PostShutdown("end of the test");
        WaitForEnd();
        _logs.Dispose();
        _isLive.Dispose();
    }

    private static LogRegistry Quiet(string? path)
    {
        Assert.True(LogWriter.TryOpen(new LogPattern(LogPattern.Default, escapeMessages: false), path ?? "/dev/null", out LogWriter? writer, out string? error), error);
        return new LogRegistry(writer!, SystemClock.Instance, LogLevel.Information);
    }

    private ListenerSnapshot Find(string listener) => Instance.Listeners.Listeners.First(l => l.Config.Name == listener);
}
