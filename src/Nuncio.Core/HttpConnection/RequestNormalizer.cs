using Nuncio.Base.Buffers;
using Nuncio.Core.Failures;
using Nuncio.Http.Headers;
using Nuncio.Http.Streams;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.HttpConnection;

/// <summary>
/// What every request goes through before it is routed: validity, path, host, and the headers that say where it came from.
/// Stateless; the order of steps is Envoy's.
/// </summary>
internal static class RequestNormalizer
{
    /// <summary>Checks what every request must have and brings path and host into one form. False when the request was answered.</summary>
    internal static bool Check(HttpStream stream, HeaderMap headers)
    {
        HttpConnectionManagerConfig config = stream.Manager.Config;
        if (!headers.Has(KnownHeader.Authority))
        {
            return Refuse(stream, FailureKind.MissingHost);
        }

        bool isConnect = headers.Get(KnownHeader.Method).SequenceEqual("CONNECT"u8);
        if (!headers.TryGet(KnownHeader.Path, out ReadOnlySpan<byte> path) || path.IsEmpty)
        {
            // CONNECT names no path; no route of this version takes it, so it ends as not found.
            return isConnect || Refuse(stream, FailureKind.MissingPath);
        }

        if (path[0] != (byte)'/')
        {
            return Refuse(stream, FailureKind.AbsolutePath);
        }

        if (path.Contains((byte)'#'))
        {
            return Refuse(stream, FailureKind.PathNormalization);
        }

        if ((config.NormalizePath || config.MergeSlashes || config.EscapedSlashes != EscapedSlashesAction.KeepUnchanged)
            && !NormalizePath(stream, headers, path))
        {
            return false;
        }

        if (config.StripAnyHostPort || config.StripMatchingHostPort || config.StripTrailingHostDot)
        {
            HostNormalizer.Apply(config, stream.Info.DownstreamLocalAddress, headers);
        }

        return true;
    }

    /// <summary>Removes what must not pass, and adds what tells the upstream who asked and how. False when the request was answered.</summary>
    internal static bool Apply(HttpStream stream, HeaderMap headers)
    {
        HttpConnectionManagerConfig config = stream.Manager.Config;
        RemoveHopByHop(headers);
        SanitizeReferer(headers);
        NetworkAddress client = ForwardedHeaders.Apply(stream, headers, out bool singleAddress);
        stream.Info.DownstreamRemoteAddress = client;
        SetScheme(config, headers);
        bool isInternal = singleAddress && config.InternalAddresses is { } ours && ours.Contains(client);
        bool isEdge = !isInternal && config.UseRemoteAddress;
        if (isInternal)
        {
            headers.Set(KnownHeader.XEnvoyInternal, "true"u8);
        }
        else
        {
            InternalHeaders.Remove(headers, isEdge, stream.Manager.Routes);
        }

        if (config.UserAgent is not null)
        {
            AddUserAgent(config, headers);
        }

        if (isEdge && client.IsIp)
        {
            headers.Set(KnownHeader.XEnvoyExternalAddress, client.IpUtf8);
        }

        SetRequestId(stream, headers, isEdge);
        if (config.Via is not null)
        {
            headers.Append(KnownHeader.Via, config.Via, ", "u8);
        }

        return true;
    }

    private static bool NormalizePath(HttpStream stream, HeaderMap headers, ReadOnlySpan<byte> path)
    {
        ByteWriter writer = stream.Manager.Scratch;
        writer.Clear();
        PathOutcome outcome = PathNormalizer.Apply(stream.Manager.Config, path, writer);
        switch (outcome)
        {
            case PathOutcome.Rejected:
                return Refuse(stream, FailureKind.PathNormalization);
            case PathOutcome.Redirect when GrpcContent.Is(headers):
                // Envoy: a gRPC client could do nothing with a redirect.
                return Refuse(stream, FailureKind.PathNormalization);
            case PathOutcome.Redirect:
                headers.Set(KnownHeader.Path, writer.Written);
                stream.Fail(
                    new ProxyFailure(FailureKind.PathRedirect),
                    static (response, request) => response.Set(KnownHeader.Location, ((HeaderMap)request!).Get(KnownHeader.Path)),
                    headers);
                return false;
            case PathOutcome.Changed:
                headers.Set(KnownHeader.Path, writer.Written);
                return true;
            default:
                return true;
        }
    }

    private static void RemoveHopByHop(HeaderMap headers)
    {
        // An upgrade keeps its two headers: it is refused later, as a whole. h2c is never honoured, so it is no upgrade.
        if (headers.TryGet(KnownHeader.Upgrade, out ReadOnlySpan<byte> upgrade)
            && (System.Text.Ascii.EqualsIgnoreCase(upgrade, "h2c"u8) || !HasToken(headers.Get(KnownHeader.Connection), "upgrade"u8)))
        {
            headers.Remove(KnownHeader.Upgrade);
            headers.Remove(KnownHeader.Http2Settings);
        }

        if (!headers.Has(KnownHeader.Upgrade))
        {
            headers.Remove(KnownHeader.Connection);
        }

        if (headers.TryGet(KnownHeader.Te, out ReadOnlySpan<byte> te))
        {
            if (HasToken(te, "trailers"u8))
            {
                headers.Set(KnownHeader.Te, "trailers"u8);
            }
            else
            {
                headers.Remove(KnownHeader.Te);
            }
        }

        headers.Remove(KnownHeader.XEnvoyInternal);
        headers.Remove(KnownHeader.KeepAlive);
        headers.Remove(KnownHeader.ProxyConnection);
        headers.Remove(KnownHeader.TransferEncoding);
    }

    private static bool HasToken(ReadOnlySpan<byte> list, ReadOnlySpan<byte> token)
    {
        foreach (Range part in list.Split((byte)','))
        {
            if (System.Text.Ascii.EqualsIgnoreCase(list[part].Trim(" \t"u8), token))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A referer that is repeated or no URL is dropped: it can only mislead.</summary>
    private static void SanitizeReferer(HeaderMap headers)
    {
        if (!headers.TryGet(KnownHeader.Referer, out ReadOnlySpan<byte> referer))
        {
            return;
        }

        HeaderValues values = headers.GetAll(KnownHeader.Referer);
        bool repeated = values.MoveNext() && values.MoveNext();
        bool isUrl = referer.StartsWith("http://"u8) || referer.StartsWith("https://"u8);
        if (repeated || !isUrl || referer.Contains((byte)' '))
        {
            headers.Remove(KnownHeader.Referer);
        }
    }

    private static void SetScheme(HttpConnectionManagerConfig config, HeaderMap headers)
    {
        if (config.SchemeToOverwrite is { } fixedScheme)
        {
            headers.Set(KnownHeader.Scheme, fixedScheme);
            headers.Set(KnownHeader.XForwardedProto, fixedScheme);
            return;
        }

        if (!headers.Has(KnownHeader.Scheme))
        {
            ReadOnlySpan<byte> proto = headers.Get(KnownHeader.XForwardedProto);
            headers.Set(KnownHeader.Scheme, proto.SequenceEqual("https"u8) ? "https"u8 : "http"u8);
        }
    }

    private static void AddUserAgent(HttpConnectionManagerConfig config, HeaderMap headers)
    {
        headers.Set(KnownHeader.XEnvoyDownstreamServiceCluster, config.UserAgent);
        if (headers.Get(KnownHeader.UserAgent).IsEmpty)
        {
            headers.Set(KnownHeader.UserAgent, config.UserAgent);
        }

        if (config.NodeId.Length > 0)
        {
            headers.Set(KnownHeader.XEnvoyDownstreamServiceNode, config.NodeId);
        }
    }

    private static void SetRequestId(HttpStream stream, HeaderMap headers, bool isEdge)
    {
        HttpConnectionManagerConfig config = stream.Manager.Config;
        if (!config.GenerateRequestId || (headers.Has(KnownHeader.XRequestId) && (!isEdge || config.PreserveExternalRequestId)))
        {
            return;
        }

        Span<byte> id = stackalloc byte[RequestIdGenerator.Length];
        stream.Manager.RequestIds.Write(id);
        headers.Set(KnownHeader.XRequestId, id);
    }

    private static bool Refuse(HttpStream stream, FailureKind kind)
    {
        stream.Fail(new ProxyFailure(kind));
        return false;
    }
}
