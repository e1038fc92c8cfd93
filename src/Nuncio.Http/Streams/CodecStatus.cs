namespace Nuncio.Http.Streams;

/// <summary>Outcome of a dispatch. Bad input is a value, never an exception.</summary>
public enum CodecStatus : byte
{
    /// <summary>Went as far as the input allows.</summary>
    Ok,

    /// <summary>
    /// The peer broke the protocol; the stream's decoder (server) or events (client) were told why. No input is taken any more. A
    /// server codec asks to close, flushing, when the answer to the refused request is complete; a client codec asks at once.
    /// </summary>
    ProtocolError,
}
