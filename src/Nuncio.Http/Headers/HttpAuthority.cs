using System.Buffers;

namespace Nuncio.Http.Headers;

/// <summary>What may stand in Host and <c>:authority</c>: a host with an optional port (RFC 9110 section 7.2, RFC 3986 section 3.2.2).</summary>
public static class HttpAuthority
{
    private static readonly SearchValues<byte> s_nameBytes = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%!$&'()*+,;="u8);

    private static readonly SearchValues<byte> s_literalBytes = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:"u8);

    /// <summary>
    /// Whether this is a host with an optional port. An empty one is valid here. Envoy: it also lets user information, brackets
    /// and colons stand anywhere, where two parties may read two hosts.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<byte> authority)
    {
        ReadOnlySpan<byte> port;
        if (!authority.IsEmpty && authority[0] == (byte)'[')
        {
            int close = authority.IndexOf((byte)']');
            if (close < 2 || authority[1..close].ContainsAnyExcept(s_literalBytes))
            {
                return false;
            }

            port = authority[(close + 1)..];
        }
        else
        {
            int end = authority.IndexOfAnyExcept(s_nameBytes);
            if (end < 0)
            {
                return true;
            }

            port = authority[end..];
        }

        return port.IsEmpty || (port[0] == (byte)':' && !port[1..].ContainsAnyExceptInRange((byte)'0', (byte)'9'));
    }

    /// <summary>Whether this is a host with a port, as CONNECT needs it (RFC 9110 section 9.3.6).</summary>
    public static bool IsHostAndPort(ReadOnlySpan<byte> authority)
    {
        int colon = authority.LastIndexOf((byte)':');
        return colon > 0 && colon < authority.Length - 1 && authority[^1] != (byte)']' && IsValid(authority);
    }
}
