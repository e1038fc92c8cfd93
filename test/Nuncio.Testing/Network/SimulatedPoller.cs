using Nuncio.IO.Events;

namespace Nuncio.Testing.Network;

/// <summary>
/// epoll's edge-triggered mode over simulated sockets: an edge marks a socket ready; a wait tells what holds of it then. Never
/// waits: time passes only when the test says so.
/// </summary>
public sealed class SimulatedPoller : Poller
{
    private readonly SimulatedNetwork _network;
    private readonly List<SimulatedSocket> _ready = [];

    internal SimulatedPoller(SimulatedNetwork network) => _network = network;

    /// <summary>Times <see cref="Wake"/> was called.</summary>
    public int Wakes { get; private set; }

    /// <inheritdoc/>
    public override int Add(int fd, ulong token)
    {
        SimulatedSocket? socket = _network.Find(fd);
        if (socket is null)
        {
            return -IO.Interop.Errno.BadFile;
        }

        socket.Poller = this;
        socket.Token = token;
        MarkReady(socket);
        return 0;
    }

    /// <inheritdoc/>
    public override void Remove(int fd)
    {
        if (_network.Find(fd) is { } socket)
        {
            Forget(socket);
        }
    }

    /// <inheritdoc/>
    public override int Wait(Span<PollerEvent> events, long timeoutNanos)
    {
        int written = 0;
        int looked = 0;
        while (looked < _ready.Count && written < events.Length)
        {
            SimulatedSocket socket = _ready[looked++];
            IoEvents level = socket.Level;
            if (level != IoEvents.None)
            {
                events[written++] = new PollerEvent(socket.Token, level);
            }
        }

        _ready.RemoveRange(0, looked);
        return written;
    }

    /// <inheritdoc/>
    public override void Wake() => Wakes++;

    internal void MarkReady(SimulatedSocket socket)
    {
        if (!_ready.Contains(socket))
        {
            _ready.Add(socket);
        }
    }

    internal void Forget(SimulatedSocket socket)
    {
        _ready.Remove(socket);
        socket.Poller = null;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _ready.Clear();
}
