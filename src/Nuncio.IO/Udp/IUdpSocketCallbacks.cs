namespace Nuncio.IO.Udp;

/// <summary>Hears what a <see cref="UdpSocket"/> receives; on the thread of its dispatcher.</summary>
public interface IUdpSocketCallbacks
{
    /// <summary>A datagram has arrived. It is there during the call only.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="datagram">Its bytes; may be none.</param>
    /// <param name="peer">Where it comes from.</param>
    /// <param name="local">Our address that it was sent to.</param>
    void OnDatagram(UdpSocket socket, ReadOnlySpan<byte> datagram, in DatagramAddress peer, in DatagramAddress local);

    /// <summary>Datagrams were dropped: too long for the socket's room, or the system had no room for them.</summary>
    void OnDatagramsDropped(uint count);

    /// <summary>Receiving failed, as it does on a connected socket when the other side has said that nobody is there.</summary>
    /// <param name="error">A positive error number.</param>
    void OnReceiveError(int error);

    /// <summary>What waited was received, at least in part: a turn of at least one datagram or error has ended.</summary>
    void OnReceiveTurnEnded();
}
