using Nuncio.Core.Extensibility;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Listeners;

/// <summary>The listeners of one worker. Owner: that worker; the <see cref="ListenerManager"/> talks to it by posting.</summary>
internal sealed class ConnectionHandler(WorkerContext worker)
{
    private readonly Dictionary<string, ActiveListener> _listeners = new(StringComparer.Ordinal);

    internal WorkerContext Worker => worker;

    /// <summary>Connections of all listeners.</summary>
    internal int ActiveConnections
    {
        get
        {
            int count = 0;
            foreach (ActiveListener listener in _listeners.Values)
            {
                count += listener.ActiveConnections;
            }

            return count;
        }
    }

    /// <summary>Called when a listener's last connection went.</summary>
    internal Action? Idle { get; set; }

    internal void Add(ListenerConfig config, DrainState drain, IReadOnlyList<(int Fd, NetworkAddress Address)> sockets)
    {
        var listener = new ActiveListener(worker, config, drain) { Idle = () => Idle?.Invoke() };
        _listeners.Add(config.Name, listener);
        foreach ((int fd, NetworkAddress address) in sockets)
        {
            listener.Listen(fd, address);
        }
    }

    internal void StopListening(bool inboundOnly)
    {
        foreach (ActiveListener listener in _listeners.Values)
        {
            if (!inboundOnly || listener.IsInbound)
            {
                listener.StopListening();
            }
        }
    }

    internal void Drain()
    {
        foreach (ActiveListener listener in _listeners.Values)
        {
            listener.Drain();
        }
    }

    internal void CloseAll(string reason)
    {
        foreach (ActiveListener listener in _listeners.Values)
        {
            listener.CloseAll(reason);
        }
    }
}
