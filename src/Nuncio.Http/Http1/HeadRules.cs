using System.Text;
using Nuncio.Http.Headers;
using Nuncio.Http.Streams;

namespace Nuncio.Http.Http1;

/// <summary>How the body of a message is delimited.</summary>
internal enum BodyKind : byte
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>By content-length.</summary>
    Length,

    /// <summary>By chunks.</summary>
    Chunked,

    /// <summary>By the end of the connection; also tunnels.</summary>
    UntilClose,
}

/// <summary>
/// Decides, when a head is complete, whether it is allowed and how its body is delimited (RFC 9112 section 6.3), in Envoy's order
/// of checks. Stateless; any thread.
/// </summary>
internal static class HeadRules
{
    internal static Http1Error FinishRequest(ref Http1Head head, Http1Options options, out BodyKind body)
    {
        body = BodyKind.None;
        if (head.Version != HttpProtocol.Http11 && !(head.Version == HttpProtocol.Http10 && options.AcceptHttp10))
        {
            return Http1Error.LowVersion;
        }

        Http1Error error = head.FinishConnection(isRequest: true, options);
        if (error != Http1Error.None)
        {
            return error;
        }

        if (head.Method == HttpMethod.Connect)
        {
            head.Flags |= HeadFlags.Tunnel;
        }

        if (head.Version == HttpProtocol.Http10 && !options.DefaultHostForHttp10.IsDefaultOrEmpty
            && !head.Map!.Has(KnownHeader.Authority))
        {
            head.Map.Add(KnownHeader.Authority, options.DefaultHostForHttp10.AsSpan());
        }

        return head.Has(HeadFlags.Tunnel) ? FinishTunnel(ref head, out body) : FinishFraming(ref head, options, BodyKind.None, out body);
    }

    internal static Http1Error FinishResponse(ref Http1Head head, Http1Options options, HttpMethod request, out BodyKind body)
    {
        body = BodyKind.None;
        int status = head.Status;
        head.FinishConnection(isRequest: false, options);
        if (status is < 200 or 204)
        {
            return FinishBodiless(ref head);
        }

        if (request == HttpMethod.Connect && status < 300)
        {
            // RFC 9110 section 9.3.6: whatever the framing headers say, what follows is the tunnel.
            head.Map!.Remove(KnownHeader.ContentLength);
            head.Flags |= HeadFlags.Tunnel;
            body = BodyKind.UntilClose;
            return Http1Error.None;
        }

        Http1Error error = FinishFraming(ref head, options, BodyKind.UntilClose, out body);
        if (request == HttpMethod.Head || status == 304)
        {
            body = BodyKind.None;
        }

        return error;
    }

    private static Http1Error FinishFraming(ref Http1Head head, Http1Options options, BodyKind otherwise, out BodyKind body)
    {
        body = otherwise;
        if (head.Has(HeadFlags.TransferEncoding))
        {
            if (head.Has(HeadFlags.ContentLength))
            {
                if (!options.AllowChunkedLength || head.Has(HeadFlags.BadTransferEncoding))
                {
                    return Http1Error.ContentLengthAndChunked;
                }

                head.Map!.Remove(KnownHeader.ContentLength);
            }

            body = BodyKind.Chunked;
            return head.Has(HeadFlags.BadTransferEncoding) ? Http1Error.BadTransferEncoding
                : head.Version == HttpProtocol.Http10 ? Http1Error.OldTransferEncoding // RFC 9112 section 6.1: faulty framing.
                : Http1Error.None;
        }

        if (head.Has(HeadFlags.ContentLength))
        {
            body = head.ContentLength == 0 ? BodyKind.None : BodyKind.Length;
        }

        return Http1Error.None;
    }

    private static Http1Error FinishTunnel(ref Http1Head head, out BodyKind body)
    {
        body = BodyKind.UntilClose;
        if (head.Has(HeadFlags.TransferEncoding))
        {
            return head.Has(HeadFlags.ContentLength) ? Http1Error.ContentLengthAndChunked
                : head.Method == HttpMethod.Connect ? Http1Error.BadTransferEncoding
                : Http1Error.BodyDisallowed;
        }

        if (!head.Has(HeadFlags.ContentLength))
        {
            return Http1Error.None;
        }

        head.Map!.Remove(KnownHeader.ContentLength);
        return head.ContentLength == 0 ? Http1Error.None : Http1Error.BodyDisallowed;
    }

    private static Http1Error FinishBodiless(ref Http1Head head)
    {
        if (head.Has(HeadFlags.TransferEncoding))
        {
            return Http1Error.TransferEncodingNotAllowed;
        }

        if (!head.Has(HeadFlags.ContentLength))
        {
            return Http1Error.None;
        }

        head.Map!.Remove(KnownHeader.ContentLength);
        return head.ContentLength == 0 ? Http1Error.None : Http1Error.ContentLengthNotAllowed;
    }
}
