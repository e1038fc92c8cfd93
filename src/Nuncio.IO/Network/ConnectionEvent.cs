namespace Nuncio.IO.Network;

/// <summary>The turns in a connection's life that its callbacks hear of.</summary>
public enum ConnectionEvent
{
    /// <summary>Connect and transport handshake are done.</summary>
    Connected,

    /// <summary>The peer closed or the network failed.</summary>
    RemoteClose,

    /// <summary>This side closed.</summary>
    LocalClose,
}
