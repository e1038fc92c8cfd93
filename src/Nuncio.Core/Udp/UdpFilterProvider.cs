using Nuncio.Base.Stats;
using Nuncio.Core.Extensibility;
using Nuncio.IO.Udp;

namespace Nuncio.Core.Udp;

/// <summary>What a UDP listener lends to its filter on one worker. Owner: that worker.</summary>
/// <param name="Name">The listener's name.</param>
/// <param name="Scope"><c>listener.&lt;address&gt;.</c>, bound to the worker.</param>
public sealed record UdpListenerContext(string Name, StatScope Scope);

/// <summary>The configured filter of a UDP listener, shared by workers; immutable. Made by the extension's factory.</summary>
public abstract class UdpFilterProvider
{
    /// <summary>Called on each worker when the listener is published to it; the result gets that worker's datagrams.</summary>
    public abstract UdpFilter CreateForWorker(WorkerContext worker, UdpListenerContext listener);
}

/// <summary>
/// Takes the datagrams of one UDP listener on one worker. Owner: that worker; ends with the version of the listener, whose sockets are
/// closed or another's by then.
/// </summary>
public abstract class UdpFilter
{
    /// <summary>A datagram has arrived.</summary>
    /// <param name="socket">Where it arrived; what is sent back goes through it.</param>
    /// <param name="datagram">Its bytes; may be none. There during the call only.</param>
    /// <param name="peer">Where it comes from, as it says itself.</param>
    /// <param name="local">Our address that it was sent to.</param>
    public abstract void OnDatagram(UdpSocket socket, ReadOnlySpan<byte> datagram, in DatagramAddress peer, in DatagramAddress local);

    /// <summary>Receiving failed with an error number.</summary>
    public abstract void OnReceiveError(int error);

    /// <summary>Ends everything. Nothing is called afterwards.</summary>
    public abstract void Close();
}

/// <summary>What the user wants of a UDP listener besides its addresses; immutable. Envoy: <c>udp_listener_config</c> and the filter.</summary>
/// <param name="Filter">Takes the datagrams.</param>
/// <param name="MaxDatagramSize"><c>downstream_socket_config.max_rx_datagram_size</c>: longer datagrams are dropped and counted.</param>
public sealed record UdpListenerConfig(UdpFilterProvider Filter, int MaxDatagramSize)
{
    /// <summary>Longest datagram taken where the configuration does not say.</summary>
    public const int DefaultMaxDatagramSize = 1500;
}
