using System.Text;
using Nuncio.IO.Sockets;

namespace Nuncio.Server.HotRestart;

/// <summary>An address of a listening socket as text between two processes. Stateless.</summary>
internal static class SocketName
{
    private const string Pipe = "unix:";

    internal static string Of(NetworkAddress address) => address.PipePath is { } path ? Pipe + path : address.ToString();

    /// <summary>Reads what <see cref="Of"/> wrote: "1.2.3.4:80", "[::1]:80" or "unix:" and a path.</summary>
    internal static bool TryParse(string text, out NetworkAddress? address)
    {
        if (!text.StartsWith(Pipe, StringComparison.Ordinal))
        {
            return NetworkAddress.TryParseIpAndPort(text, out address);
        }

        string path = text[Pipe.Length..];
        bool fits = path.Length > 0 && Encoding.UTF8.GetByteCount(path) <= NetworkAddress.MaxPathBytes;
        address = fits ? NetworkAddress.FromPipe(path) : null;
        return fits;
    }
}
