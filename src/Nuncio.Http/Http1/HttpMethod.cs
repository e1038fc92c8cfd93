namespace Nuncio.Http.Http1;

/// <summary>The methods whose meaning changes how HTTP/1 messages are framed.</summary>
internal enum HttpMethod : byte
{
    /// <summary>Not one of the methods that Envoy lists.</summary>
    Unknown,

    /// <summary>Listed, and framed like POST.</summary>
    Other,
    Get,
    Head,
    Delete,
    Trace,
    Options,
    Connect,
}

/// <summary>Recognises methods. Stateless; any thread.</summary>
internal static class HttpMethods
{
    /// <summary>Which method this is; the names are case-sensitive (RFC 9110 section 9.1), the list is Envoy's.</summary>
    internal static HttpMethod Classify(ReadOnlySpan<byte> method) => method.Length switch
    {
        3 => method.SequenceEqual("GET"u8) ? HttpMethod.Get
            : IsAny(method, "PUT"u8, "ACL"u8),
        4 => method.SequenceEqual("POST"u8) ? HttpMethod.Other
            : method.SequenceEqual("HEAD"u8) ? HttpMethod.Head
            : IsAny(method, "BIND"u8, "COPY"u8, "LINK"u8, "LOCK"u8, "MOVE"u8),
        5 => method.SequenceEqual("TRACE"u8) ? HttpMethod.Trace
            : IsAny(method, "PATCH"u8, "MERGE"u8, "MKCOL"u8, "PURGE"u8),
        6 => method.SequenceEqual("DELETE"u8) ? HttpMethod.Delete
            : IsAny(method, "NOTIFY"u8, "REBIND"u8, "REPORT"u8, "SEARCH"u8, "SOURCE"u8, "UNBIND"u8, "UNLINK"u8, "UNLOCK"u8),
        7 => method.SequenceEqual("OPTIONS"u8) ? HttpMethod.Options
            : method.SequenceEqual("CONNECT"u8) ? HttpMethod.Connect
            : IsAny(method, "MSEARCH"u8),
        8 => IsAny(method, "CHECKOUT"u8, "PROPFIND"u8),
        9 => IsAny(method, "PROPPATCH"u8, "SUBSCRIBE"u8),
        10 => IsAny(method, "MKACTIVITY"u8, "MKCALENDAR"u8),
        11 => IsAny(method, "UNSUBSCRIBE"u8),
        _ => HttpMethod.Unknown,
    };

    /// <summary>Whether a request of this method without a body says nothing about its length (RFC 9110 section 8.6, the list is Envoy's).</summary>
    internal static bool HasNoBodyByNature(HttpMethod method) =>
        method is HttpMethod.Get or HttpMethod.Head or HttpMethod.Delete or HttpMethod.Trace or HttpMethod.Connect;

    private static HttpMethod IsAny(
        ReadOnlySpan<byte> method,
        ReadOnlySpan<byte> a,
        ReadOnlySpan<byte> b = default,
        ReadOnlySpan<byte> c = default,
        ReadOnlySpan<byte> d = default,
        ReadOnlySpan<byte> e = default,
        ReadOnlySpan<byte> f = default,
        ReadOnlySpan<byte> g = default,
        ReadOnlySpan<byte> h = default) =>
        method.SequenceEqual(a) || method.SequenceEqual(b) || method.SequenceEqual(c) || method.SequenceEqual(d)
            || method.SequenceEqual(e) || method.SequenceEqual(f) || method.SequenceEqual(g) || method.SequenceEqual(h)
            ? HttpMethod.Other
            : HttpMethod.Unknown;
}
