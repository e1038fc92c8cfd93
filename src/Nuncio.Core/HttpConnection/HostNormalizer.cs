using Nuncio.Http.Headers;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.HttpConnection;

/// <summary>Takes port and trailing dot off <c>:authority</c> where the configuration asks for it. Stateless.</summary>
internal static class HostNormalizer
{
    internal static void Apply(HttpConnectionManagerConfig config, NetworkAddress? local, HeaderMap headers)
    {
        ReadOnlySpan<byte> host = headers.Get(KnownHeader.Authority);
        int portAt = PortStart(host);
        ReadOnlySpan<byte> name = portAt < 0 ? host : host[..portAt];
        ReadOnlySpan<byte> port = portAt < 0 ? default : host[portAt..];
        if (!port.IsEmpty && (config.StripAnyHostPort || (config.StripMatchingHostPort && IsPort(port[1..], local?.Port ?? -1))))
        {
            port = default;
        }

        bool dropDot = config.StripTrailingHostDot && name.Length > 1 && name[^1] == (byte)'.';
        int keptName = dropDot ? name.Length - 1 : name.Length;
        if (keptName + port.Length == host.Length)
        {
            return;
        }

        Span<byte> result = host.Length <= 512 ? stackalloc byte[host.Length] : new byte[host.Length];
        name[..keptName].CopyTo(result);
        port.CopyTo(result[keptName..]);
        headers.Set(KnownHeader.Authority, result[..(keptName + port.Length)]);
    }

    /// <summary>Where the colon before the port is; -1 when there is no port. An IPv6 address stands in brackets.</summary>
    private static int PortStart(ReadOnlySpan<byte> host)
    {
        int colon = host.LastIndexOf((byte)':');
        if (colon < 0 || host[(colon + 1)..].IsEmpty || host[(colon + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return -1;
        }

        return colon;
    }

    private static bool IsPort(ReadOnlySpan<byte> digits, int port) =>
        System.Buffers.Text.Utf8Parser.TryParse(digits, out int value, out int used) && used == digits.Length && value == port;
}
