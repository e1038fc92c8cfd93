namespace Nuncio.IO.Tls;

/// <summary>Checks of a peer's certificate beyond its chain: names, pins, or trust of another kind. Shared by all workers, so immutable.</summary>
public interface ITlsPeerVerifier
{
    /// <summary>Whether the handshake may go on. Called during the handshake, on the connection's worker; must not touch the connection.</summary>
    /// <param name="socket">The connection's transport: its context, the name asked for.</param>
    /// <param name="peer">What the peer has shown first.</param>
    /// <param name="chainError">Why the chain is not trusted; null when it is.</param>
    /// <param name="error">Why not, for the failure reason: "verify cert failed: SAN matcher".</param>
    bool Verify(TlsTransportSocket socket, TlsCertificate peer, string? chainError, out string? error);
}
