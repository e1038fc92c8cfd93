namespace Nuncio.Http.Streams;

/// <summary>Outcome of a dispatch. Bad input is a value, never an exception.</summary>
public enum CodecStatus : byte
{
    /// <summary>Went as far as the input allows.</summary>
    Ok,

    /// <summary>The peer broke the protocol; the stream's decoder (server) or events (client) were told why; close the connection after flushing.</summary>
    ProtocolError,
}
