using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Nuncio.Base.Stats;
using Nuncio.Base.Time;
using Nuncio.IO.Interop;
using Nuncio.IO.Sockets;
using Nuncio.Server.CommandLine;
using Nuncio.Server.Lifecycle;
using Nuncio.Server.Systemd;

namespace Nuncio.Server.HotRestart;

/// <summary>
/// Both ends of a hot restart in one process: the line to the process before (<see cref="ParentLink"/>), and the ear for the one after
/// (<see cref="ParentRole"/>). Envoy's pages: "Hot restart", "Command line options".
/// </summary>
/// <remarks>Owner: main thread. Opened before the server is built, attached to it before it runs, disposed after.</remarks>
internal sealed class HotRestarter : IDisposable
{
    private const int DynamicTries = 100;
    private const uint DynamicMask = 0x0FFFFFFF; // As Envoy: names multiply it.
    private const int Backlog = 8;
    private static readonly TimeSpan s_nameRetry = TimeSpan.FromMilliseconds(50);

    private readonly ServerOptions _options;
    private readonly ServiceNotifier _service;
    private readonly ILogger _log;
    private RestartIdentity? _identity;
    private ParentLink? _parent;
    private ParentRole? _role;
    private int _fd = -1;
    private bool _isLive;
    private bool _isEnding;

    private HotRestarter(ServerOptions options, ServiceNotifier service, ILogger log)
    {
        _options = options;
        _service = service;
        _log = log;
    }

    /// <summary>Sockets that were open before this process; null when there are none.</summary>
    internal HandedSockets? Sockets { get; private set; }

    /// <summary>When the process of epoch 0 started, UTC, in <see cref="DateTime.Ticks"/>.</summary>
    internal long FirstStartTicks => _identity?.FirstStartTicks ?? 0;

    /// <summary>Whether a process before this one is there.</summary>
    internal bool HasParent => _parent is { IsOpen: true };

    /// <summary>Finds the parent and takes this process's name; null where that cannot be and the process must not start.</summary>
    internal static HotRestarter? TryOpen(ServerOptions options, ServiceNotifier service, Clock clock, ILogger log, out string? error)
    {
        var restarter = new HotRestarter(options, service, log);
        error = options.DisableHotRestart ? null : restarter.Open(clock);
        if (error is not null)
        {
            restarter.Dispose();
            return null;
        }

        return restarter;
    }

    /// <summary>Sockets that systemd opened; the parent's have precedence.</summary>
    internal void Activate(HandedSockets? activated)
    {
        if (activated is not null && Sockets is null)
        {
            Sockets = activated;
            _log.SocketsActivated(activated.Count);
        }
    }

    /// <summary>Gives both ends to the server's main thread. Before it runs.</summary>
    internal void Attach(NuncioServer server)
    {
        _service.StartWatchdog(server.MainDispatcher.Timers);
        server.Lifecycle.StateShown += _ => OnState(server);
        if (_identity is not { } identity)
        {
            return;
        }

        StatScope stats = server.Stats.Root().SubScope("server");
        stats.Gauge("hot_restart_epoch").Set(identity.Epoch);
        stats.Gauge("hot_restart_generation").Set(identity.Generation);
        _parent?.Watch(server.MainDispatcher, server.Stats, withStats: !_options.SkipHotRestartParentStats);
        _role = new ParentRole(_fd, server, identity, _service, _log) { ChildCame = () => _parent?.Terminate() };
        _fd = -1;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_fd >= 0)
        {
            MessageSocket.Close(_fd);
            _fd = -1;
            LinuxSockets.RemovePipe(_identity!.Name);
        }

        _parent?.Terminate();
        _parent?.Close();
        _role?.Close();
        Sockets?.Dispose();
    }

    private void OnState(NuncioServer server)
    {
        if (server.Lifecycle.State == ServerState.Live && !_isLive)
        {
            _isLive = true;
            OnLive();
        }

        if (server.Lifecycle.IsEnding && !_isEnding)
        {
            _isEnding = true;
            _service.Stopping();
            _parent?.Terminate();
        }
    }

    private void OnLive()
    {
        foreach (NetworkAddress address in Sockets?.Left ?? [])
        {
            _log.SocketNotUsed(address.ToString());
        }

        Sockets?.Dispose();
        if (!HasParent)
        {
            _service.Ready();
            return;
        }

        // systemd listens to the main process only, which this one is when the parent has said so.
        _parent!.SteppedBack = () => _service.Ready();
        _parent.OnLive(_options.ParentShutdownTime);
    }

    private string? Open(Clock clock)
    {
        uint epoch = _options.RestartEpoch;
        long now = clock.UtcTicks;
        if (epoch > 0 && ConnectToParent(epoch) is { } failure)
        {
            return failure;
        }

        for (int tries = _options.UseDynamicBaseId ? DynamicTries : 1; tries > 0; tries--)
        {
            uint baseId = _options.UseDynamicBaseId ? BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint))) & DynamicMask : _options.BaseId;
            if (!RestartProtocol.TryName(_options.SocketPath, _options.SocketMode, baseId, epoch, out NetworkAddress? name))
            {
                return $"--socket-path: found \"{_options.SocketPath}\", expected a path short enough for a Unix domain socket";
            }

            _fd = Listen(name!);
            if (_fd >= 0)
            {
                _identity = new RestartIdentity
                {
                    Name = name!,
                    BaseId = baseId,
                    Epoch = epoch,
                    Generation = (_parent?.Parent.Generation ?? 0) + 1,
                    FirstStartTicks = _parent?.Parent.FirstStartTicks ?? now,
                };
                WriteBaseId(baseId);
                return TakeSockets(epoch);
            }

            if (_fd != -Errno.AddressInUse || !_options.UseDynamicBaseId)
            {
                return OnNameTaken(name!, _fd);
            }
        }

        return "--use-dynamic-base-id: found no free base id";
    }

    private string? ConnectToParent(uint epoch)
    {
        if (!RestartProtocol.TryName(_options.SocketPath, 0, _options.BaseId, epoch - 1, out NetworkAddress? name))
        {
            return $"--socket-path: found \"{_options.SocketPath}\", expected a path short enough for a Unix domain socket";
        }

        _parent = ParentLink.TryConnect(name!, epoch, _log, out bool isAbsent, out string? error);
        if (_parent is not null)
        {
            return null;
        }

        if (isAbsent && _options.SkipHotRestartOnNoParent)
        {
            _log.StartingCold(error!);
            return null;
        }

        return $"--restart-epoch: {error}{(isAbsent ? "; --skip-hot-restart-on-no-parent starts without it" : "")}";
    }

    /// <summary>The process three epochs ago had the same name; it may need a moment to give it up.</summary>
    private int Listen(NetworkAddress name)
    {
        int fd = MessageSocket.Listen(name, Backlog);
        for (int tries = (int)(RestartProtocol.Patience / s_nameRetry); fd == -Errno.AddressInUse && _parent is not null && tries > 0; tries--)
        {
            _parent.Wait(s_nameRetry);
            fd = MessageSocket.Listen(name, Backlog);
        }

        return fd;
    }

    private string? OnNameTaken(NetworkAddress name, int error)
    {
        _fd = -1;
        string reason = error == -Errno.AddressInUse
            ? string.Create(CultureInfo.InvariantCulture, $"another instance has base id {_options.BaseId} ('{name}' is taken)")
            : $"cannot listen on '{name}': {Errno.Text(error)}";
        if (_options.AsksForHotRestart)
        {
            return "--base-id: " + reason;
        }

        // Envoy does not start. Two instances that nobody told about hot restart are better off without it than without the second one.
        _log.RestartIsOff(reason);
        return null;
    }

    private string? TakeSockets(uint epoch)
    {
        if (_parent is null)
        {
            return null;
        }

        var sockets = new HandedSockets(WorkerCount.For(_options.Concurrency));
        Sockets = sockets;
        if (!_parent.TryTakeSockets(sockets))
        {
            return "--restart-epoch: the process before this one died while it passed its sockets";
        }

        _log.TakingOver(epoch, _parent.Parent.Process, sockets.Count);
        return null;
    }

    private void WriteBaseId(uint baseId)
    {
        if (_options.BaseIdPath is not { } path)
        {
            return;
        }

        try
        {
            File.WriteAllText(path, baseId.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _log.BaseIdNotWritten(path, failure.Message);
        }
    }
}
