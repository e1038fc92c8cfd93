namespace Nuncio.IO.Network;

/// <summary>Where a connection is in its life: Connecting -> Open -> Closing -> Closed, skipping what does not apply.</summary>
public enum ConnectionState : byte
{
    /// <summary>A client connection whose connect has not ended.</summary>
    Connecting,

    /// <summary>Both or one direction usable.</summary>
    Open,

    /// <summary>Closed by us, still sending or waiting for the peer's end.</summary>
    Closing,

    /// <summary>The socket is gone.</summary>
    Closed,
}
