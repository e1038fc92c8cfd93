namespace Nuncio.IO.Tls;

/// <summary>Chooses among a server's contexts by the name that the client asks for. Shared by all workers, so immutable.</summary>
public interface ITlsContextSelector
{
    /// <summary>
    /// The context to go on with; null stays with the one the handshake began with. Its certificates and application protocols are
    /// taken; versions, ticket keys and what is asked of the peer stay those of the first.
    /// </summary>
    /// <param name="serverName">As it came, ASCII, any case; empty when the client sent none. Valid during the call.</param>
    TlsContext? Select(ReadOnlySpan<byte> serverName);
}
