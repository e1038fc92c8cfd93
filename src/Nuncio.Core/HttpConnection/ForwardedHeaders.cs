using Nuncio.Http.Headers;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.HttpConnection;

/// <summary>
/// x-forwarded-for, -proto and -port, and with them who the client is (Envoy: the x-forwarded-for section of "HTTP header
/// manipulation"). Stateless.
/// </summary>
internal static class ForwardedHeaders
{
    /// <summary>
    /// Updates the headers and returns the client's address as far as it can be trusted. <paramref name="singleAddress"/> tells
    /// whether no other proxy stands between: only then may the address be taken for an internal one.
    /// </summary>
    internal static NetworkAddress Apply(HttpStream stream, HeaderMap headers, out bool singleAddress)
    {
        HttpConnectionManagerConfig config = stream.Manager.Config;
        Connection connection = stream.Connection;
        NetworkAddress? client;
        bool trusted = config.XffNumTrustedHops > 0;
        JoinLines(headers);
        if (config.UseRemoteAddress)
        {
            singleAddress = !headers.Has(KnownHeader.XForwardedFor);
            client = trusted ? FromRight(stream, headers, config.XffNumTrustedHops - 1) : null;
            client ??= connection.RemoteAddress;
            if (!config.SkipXffAppend && connection.RemoteAddress.IsIp)
            {
                NetworkAddress hop = connection.RemoteAddress.IsLoopback ? config.LocalAddress : connection.RemoteAddress;
                headers.Append(KnownHeader.XForwardedFor, hop.IpUtf8, ","u8);
            }

            if (!trusted || !headers.Has(KnownHeader.XForwardedProto))
            {
                headers.Set(KnownHeader.XForwardedProto, ProtocolOf(config, connection));
            }
        }
        else
        {
            client = FromRight(stream, headers, config.XffNumTrustedHops);
            singleAddress = client is not null && !headers.Get(KnownHeader.XForwardedFor).Contains((byte)',');
            client ??= connection.RemoteAddress;
        }

        if (config.AppendXForwardedPort && (!headers.Has(KnownHeader.XForwardedPort) || (config.UseRemoteAddress && !trusted)))
        {
            headers.SetNumber(KnownHeader.XForwardedPort, connection.LocalAddress?.Port ?? 0);
        }

        if (!headers.Has(KnownHeader.XForwardedProto))
        {
            headers.Set(KnownHeader.XForwardedProto, ProtocolOf(config, connection));
        }

        return client;
    }

    /// <summary>
    /// Makes one line of several, in order: what is appended must come last for everybody, or the client could choose who it seems to be.
    /// </summary>
    private static void JoinLines(HeaderMap headers)
    {
        HeaderValues lines = headers.GetAll(KnownHeader.XForwardedFor);
        if (lines.MoveNext() && lines.MoveNext() && headers.TryGetJoined(KnownHeader.XForwardedFor, out ReadOnlySpan<byte> all))
        {
            headers.Set(KnownHeader.XForwardedFor, all);
        }
    }

    /// <summary>The scheme the client used: plain here, unless the port it connected to says that somebody ended its TLS for us.</summary>
    private static ReadOnlySpan<byte> ProtocolOf(HttpConnectionManagerConfig config, Connection connection)
    {
        IReadOnlyList<uint> ports = config.HttpsPorts;
        for (int i = 0; i < ports.Count; i++)
        {
            if (connection.LocalAddress?.Port == ports[i])
            {
                return "https"u8;
            }
        }

        return "http"u8;
    }

    /// <summary>The address <paramref name="skip"/> places from the right end of x-forwarded-for, or null.</summary>
    private static NetworkAddress? FromRight(HttpStream stream, HeaderMap headers, uint skip)
    {
        if (!headers.TryGetJoined(KnownHeader.XForwardedFor, out ReadOnlySpan<byte> list))
        {
            return null;
        }

        while (true)
        {
            int comma = list.LastIndexOf((byte)',');
            if (skip == 0)
            {
                return stream.ServerConnection.ForwardedFor.Parse(list[(comma + 1)..].Trim(" \t"u8));
            }

            if (comma < 0)
            {
                return null;
            }

            list = list[..comma];
            skip--;
        }
    }
}
