using Microsoft.Extensions.Logging;
using Nuncio.Core.Listeners;
using Nuncio.IO.Events;
using Nuncio.IO.Interop;
using Nuncio.IO.Sockets;
using Nuncio.IO.Timers;
using Nuncio.Server.Systemd;

namespace Nuncio.Server.HotRestart;

/// <summary>
/// This process as the one that is replaced: listens for its successor and for operators, hands its sockets over, drains and ends.
/// Envoy's page: "Hot restart".
/// </summary>
/// <remarks>
/// <para>Owner: main thread. Made at start, ends with the process.</para>
/// <code>
///   alone --hello--> child starts --drain--> handed over --terminate, or the child's parent-shutdown-time--> shutting down
///     ^                   '--child dies--'
/// </code>
/// <para>Nothing is given up before "drain", so a child that dies before it changes nothing here.</para>
/// </remarks>
internal sealed class ParentRole : IIoHandler, ITimerHandler
{
    private const int MaxSessions = 8;
    private const int CookieOption = 57; // SO_COOKIE: the same for all descriptors of one socket.

    private readonly NuncioServer _server;
    private readonly ServiceNotifier _service;
    private readonly List<RestartSession> _sessions = [];
    private readonly Timer _deadline;
    private readonly IoRegistration _registration;
    private int _fd;
    private RestartSession? _child;

    /// <summary>Takes over a descriptor that listens.</summary>
    internal ParentRole(int fd, NuncioServer server, RestartIdentity identity, ServiceNotifier service, ILogger log)
    {
        _fd = fd;
        _server = server;
        _service = service;
        Identity = identity;
        Log = log;
        _deadline = new Timer(server.MainDispatcher.Timers, this);
        Upgrades = new UpgradeRun(server.MainDispatcher, service, log);
        _registration = server.MainDispatcher.Register(fd, this);
    }

    /// <summary>Who this process is.</summary>
    internal RestartIdentity Identity { get; }

    internal ILogger Log { get; }

    internal Dispatcher Main => _server.MainDispatcher;

    /// <summary>The upgrade that an operator asked for.</summary>
    internal UpgradeRun Upgrades { get; }

    /// <summary>Whether the successor accepts in this process's place.</summary>
    internal bool HasHandedOver { get; private set; }

    /// <summary>Called when a successor has greeted.</summary>
    internal Action? ChildCame { get; set; }

    /// <summary>Stops answering.</summary>
    internal void Close()
    {
        StopListening();
        _deadline.Disarm();
        foreach (RestartSession session in _sessions.ToArray())
        {
            session.Close();
        }

        _sessions.Clear();
    }

    /// <summary>A session says that it is the successor's; the reason where it cannot be.</summary>
    internal string? TryBecomeChild(RestartSession session, long version, long epoch)
    {
        if (version != RestartProtocol.Version)
        {
            return $"it speaks version {RestartProtocol.Version} of hot restart, this process version {version}";
        }

        if (epoch != Identity.Epoch + 1L)
        {
            return $"it has epoch {Identity.Epoch}, so the next one is {Identity.Epoch + 1}, not {epoch}";
        }

        if (_server.Lifecycle.State is not (Lifecycle.ServerState.Live or Lifecycle.ServerState.Draining) || _server.Lifecycle.IsEnding)
        {
            return "previous envoy process is still initializing";
        }

        if (HasHandedOver || _child is not null)
        {
            return "another process is taking over already";
        }

        _child = session;
        Log.ChildStarts(session.Process, epoch);
        ChildCame?.Invoke();
        Upgrades.OnProgress("connected: the new process builds its configuration");
        return null;
    }

    /// <summary>All listening sockets, each once, with descriptors that are the caller's.</summary>
    internal List<(NetworkAddress Address, int Fd)> CopySockets()
    {
        var copies = new List<(NetworkAddress Address, int Fd)>();
        var seen = new HashSet<ulong>();
        IEnumerable<ListenSocketInfo> sockets = _server.Listeners.GetListenSockets().Concat(_server.Admin?.GetListenSockets() ?? []);
        Span<byte> value = stackalloc byte[sizeof(ulong)];
        foreach (ListenSocketInfo socket in sockets)
        {
            SocketApi api = Main.Sockets;
            bool isNew = api.GetOption(socket.FileDescriptor, SocketOptions.LevelSocket, CookieOption, value) != sizeof(ulong) ||
                seen.Add(BitConverter.ToUInt64(value));
            int copy = isNew ? api.Duplicate(socket.FileDescriptor) : -1;
            if (copy >= 0)
            {
                copies.Add((socket.Address, copy));
            }
        }

        return copies;
    }

    /// <summary>The successor accepts: this process stops, drains, and ends after the time given at the latest.</summary>
    internal void HandOver(TimeSpan deadline)
    {
        HasHandedOver = true;
        Log.ChildTookOver(_child!.Process);

        // First the word to systemd: only the main process may name another, and the new one has to be it before it says that it is ready.
        _service.HandOver((int)_child.Process);
        StopListening();
        _server.Reloader.Closed = "another process has taken over"; // A reload would listen again.
        _server.Lifecycle.StopListeners(inboundOnly: false);
        _server.Admin?.StopListening();
        _server.Lifecycle.DrainGracefully(inboundOnly: false, stopAfterwards: false);
        _deadline.Arm(deadline);
        Upgrades.OnDone();
    }

    /// <summary>The successor wants this process to end.</summary>
    internal void Terminate()
    {
        _deadline.Disarm();
        _server.Lifecycle.Shutdown("hot restart");
    }

    /// <summary>Sends the successor what was counted since it last asked.</summary>
    internal void SendStats(RestartSession session, bool withStats) =>
        _server.Listeners.CountConnections(count => session.SendStats(_server.Stats, count, withStats));

    /// <summary>A session's other end is gone.</summary>
    internal void OnClosed(RestartSession session)
    {
        _sessions.Remove(session);
        if (session != _child)
        {
            return;
        }

        _child = null;
        if (!HasHandedOver)
        {
            Log.ChildDied(session.Process);
        }
        else if (!_server.Lifecycle.IsEnding)
        {
            Log.SuccessorDied(session.Process);
        }
    }

    /// <inheritdoc/>
    public void OnTimer(Timer timer) => Terminate();

    void IIoHandler.OnIoEvents(IoEvents events)
    {
        while (_fd >= 0)
        {
            int accepted = MessageSocket.Accept(_fd);
            if (accepted == -Errno.Again)
            {
                return;
            }

            if (accepted == -Errno.ConnectionAborted || accepted == -Errno.Interrupted)
            {
                continue;
            }

            if (accepted < 0)
            {
                return; // Out of descriptors: who waits gives up after its patience and may come again.
            }

            if (_sessions.Count >= MaxSessions || !RestartChannel.IsTrusted(accepted))
            {
                MessageSocket.Close(accepted);
                continue;
            }

            var session = new RestartSession(this, new RestartChannel(accepted));
            _sessions.Add(session);
            session.Start();
        }
    }

    private void StopListening()
    {
        if (_fd >= 0)
        {
            Main.Unregister(_registration);
            MessageSocket.Close(_fd);
            _fd = -1;
            LinuxSockets.RemovePipe(Identity.Name);
        }
    }
}
