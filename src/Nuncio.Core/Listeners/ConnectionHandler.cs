using Nuncio.Core.Extensibility;
using Nuncio.Core.Streams;
using Nuncio.IO.Interop;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Listeners;

/// <summary>The listeners of one worker. Owner: that worker; the <see cref="ListenerManager"/> talks to it by posting.</summary>
internal sealed class ConnectionHandler
{
    private readonly Dictionary<PublishedListener, ActiveListener> _listeners = new(ReferenceEqualityComparer.Instance);

    private readonly Dictionary<PublishedListener, ActiveUdpListener> _udpListeners = new(ReferenceEqualityComparer.Instance);

    // Listeners that take connections, for those that hand over what was sent to another address.
    private readonly List<ActiveListener> _open = [];
    private Dictionary<NetworkAddress, ActiveListener>? _byAddress;
    private Dictionary<(AddressKind Kind, int Port), ActiveListener>? _byPort;

    internal ConnectionHandler(WorkerContext worker, int index)
    {
        Worker = worker;
        Index = index;
        worker.InternalConnector = ConnectInside;
    }

    internal WorkerContext Worker { get; }

    /// <summary>Which worker, from 0.</summary>
    internal int Index { get; }

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
    internal Action? Idle { get; init; }

    /// <summary>A listener begins, in place of its version before if there is one, which stops accepting in the same moment.</summary>
    internal void Add(PublishedListener published, PublishedListener? before)
    {
        if (before is not null && _udpListeners.Remove(before, out ActiveUdpListener? udp))
        {
            udp.Close();
        }

        if (published.Config.Udp is not null)
        {
            StopForReplacement(published, before);
            _udpListeners.Add(published, new ActiveUdpListener(this, published));
            return;
        }

        var listener = new ActiveListener(this, published);
        StopForReplacement(published, before);
        _listeners.Add(published, listener);
        _open.Add(listener);
        _byAddress = null;
        listener.Listen();
    }

    private void StopForReplacement(PublishedListener published, PublishedListener? before)
    {
        if (before is not null && _listeners.TryGetValue(before, out ActiveListener? old))
        {
            // Sockets that both have are only watched by somebody else; the others are about to be closed.
            old.StopListening(published.Sockets);
            Close(old);
        }
    }

    /// <summary>A listener's chains were replaced.</summary>
    internal void SetChains(PublishedListener published, ListenerConfig config, ChainSet chains) =>
        _listeners.GetValueOrDefault(published)?.SetChains(config, chains);

    /// <summary>The drain time of chains is over.</summary>
    internal void EndChains(PublishedListener published, HashSet<PublishedChain> chains) =>
        _listeners.GetValueOrDefault(published)?.EndChains(chains);

    /// <summary>A listener accepts no more.</summary>
    internal void StopListening(PublishedListener published)
    {
        if (_udpListeners.Remove(published, out ActiveUdpListener? udp))
        {
            udp.Close();
        }

        if (_listeners.TryGetValue(published, out ActiveListener? listener))
        {
            listener.StopListening(keeps: []);
            Close(listener);
        }
    }

    /// <summary>The drain time of a listener is over: its connections end, and it too.</summary>
    internal void Remove(PublishedListener published)
    {
        if (_listeners.TryGetValue(published, out ActiveListener? listener))
        {
            listener.End("filter_chain_is_being_removed");
            _listeners.Remove(published);
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

        foreach (ActiveUdpListener listener in _udpListeners.Values)
        {
            listener.Close();
        }

        _udpListeners.Clear();
    }

    /// <summary>One of several works of a step; a failure in it must not keep the others from being done.</summary>
    internal void Do(Action<ConnectionHandler> work)
    {
        try
        {
            work(this);
        }
        catch (Exception exception)
        {
            Worker.Dispatcher.ReportContained(exception, "listener update");
        }
    }

    internal void OnListenerIdle() => Idle?.Invoke();

    /// <summary>The listener for a destination: the one with this very address, else one of any address with this port.</summary>
    internal ActiveListener? FindByAddress(NetworkAddress address)
    {
        if (_byAddress is null)
        {
            IndexAddresses();
        }

        return _byAddress!.TryGetValue(address, out ActiveListener? listener) || _byPort!.TryGetValue((address.Kind, address.Port), out listener)
            ? listener
            : null;
    }

    // See WorkerContext.InternalConnector.
    private int ConnectInside(string name, ConnectionInfo? client)
    {
        if (_open.Find(l => l.Config.IsInternal && l.Config.Name == name) is not { } listener)
        {
            return -Errno.ConnectionRefused;
        }

        int result = Worker.Dispatcher.Sockets.SocketPair(out int ours, out int theirs);
        if (result < 0)
        {
            return result;
        }

        NetworkAddress address = listener.Config.Addresses[0].Address;
        listener.OnInternalConnection(theirs, address, client?.RemoteAddress ?? address, client?.FilterState?.ForUpstream());
        return ours;
    }

    private void Close(ActiveListener listener)
    {
        _open.Remove(listener);
        _byAddress = null;
    }

    private void IndexAddresses()
    {
        _byAddress = [];
        _byPort = [];
        foreach (ActiveListener listener in _open)
        {
            foreach (ListenAddress own in listener.Config.Addresses)
            {
                _byAddress.TryAdd(own.Address, listener);
                if (!own.Address.IsAnyIp)
                {
                    continue;
                }

                _byPort.TryAdd((own.Address.Kind, own.Address.Port), listener);
                if (own.Options.IPv4Compat)
                {
                    _byPort.TryAdd((AddressKind.IPv4, own.Address.Port), listener);
                }
            }
        }
    }
}
