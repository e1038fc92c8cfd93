using Nuncio.IO.Sockets;

namespace Nuncio.IO.Network;

/// <summary>One local end that client connections may start from. Immutable, any thread.</summary>
/// <param name="Address">Address to bind to; null lets the system choose.</param>
/// <param name="SocketOptions">Raw options of sockets that start here.</param>
public sealed record ConnectSource(NetworkAddress? Address, IReadOnlyList<SocketOptionConfig> SocketOptions)
{
    /// <summary>Wherever the system likes.</summary>
    public static readonly ConnectSource Any = new(null, []);
}
