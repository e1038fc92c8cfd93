using Nuncio.IO.Network;

namespace Nuncio.IO.Tls;

/// <summary>Where the secrets of handshakes go, in the format of NSS. Shared by all workers.</summary>
public interface ITlsKeyLog
{
    /// <summary>One line, without its end; valid during the call. The connection's addresses tell whether it is wanted.</summary>
    void Write(Connection connection, ReadOnlySpan<byte> line);
}
