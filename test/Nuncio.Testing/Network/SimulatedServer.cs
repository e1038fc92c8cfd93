using Nuncio.IO.Sockets;

namespace Nuncio.Testing.Network;

/// <summary>An upstream of the test: a listening socket whose connections the test takes by hand.</summary>
public sealed class SimulatedServer
{
    private readonly SimulatedNetwork _network;
    private readonly SimulatedSocket _socket;

    internal SimulatedServer(SimulatedNetwork network, SimulatedSocket socket)
    {
        _network = network;
        _socket = socket;
    }

    /// <summary>Where it listens.</summary>
    public NetworkAddress Address => _socket.Local!;

    /// <summary>Whether a connection waits.</summary>
    public bool HasWaiting => _socket.HasWaiting;

    /// <summary>The next connection; fails when none waits.</summary>
    public SimulatedPeer Accept() => TryAccept() ?? throw new InvalidOperationException($"no connection waits on {Address}");

    /// <summary>The next connection, or null.</summary>
    public SimulatedPeer? TryAccept() => _socket.TakeAccepted() is { } accepted ? new SimulatedPeer(accepted) : null;

    /// <summary>Stops listening: connects are refused from now on.</summary>
    public void Stop() => _network.StopListening(_socket);
}
