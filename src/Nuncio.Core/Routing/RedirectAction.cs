using Nuncio.Base.Buffers;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Routing;

/// <summary>Answering with a redirect. Envoy: route.v3.RedirectAction. Immutable; any thread.</summary>
public sealed record RedirectAction
{
    /// <summary>What a redirect that changes nothing is: the location of a direct response with status 201 or 3xx.</summary>
    internal static RedirectAction Unchanged { get; } = new();

    /// <summary>301, 302, 303, 307 or 308.</summary>
    public int Status { get; init; } = 301;

    /// <summary>The new scheme; null keeps the request's.</summary>
    public byte[]? Scheme { get; init; }

    /// <summary>The new host; null keeps the request's.</summary>
    public byte[]? Host { get; init; }

    /// <summary>The new port; 0 keeps the request's.</summary>
    public int Port { get; init; }

    /// <summary>The new path; null keeps the request's. One with a query drops the request's query.</summary>
    public byte[]? Path { get; init; }

    /// <summary>How the request's path is rewritten; null not at all.</summary>
    public PathRewrite? PathRewrite { get; init; }

    /// <summary>Whether the query is dropped. One that <see cref="Path"/> brings is kept.</summary>
    public bool StripQuery { get; init; }

    /// <summary>Writes the location. <see cref="PathRewrite"/> has been applied to the request by then.</summary>
    internal void BuildLocation(HeaderMap request, ByteWriter into)
    {
        ReadOnlySpan<byte> scheme = Scheme ?? request.Get(KnownHeader.Scheme);
        into.Append(scheme);
        into.Append("://"u8);
        into.Append(Host ?? RequestHost(request, scheme));
        if (Port != 0)
        {
            into.Append((byte)':');
            into.Append((long)Port);
        }

        AppendPath(request.Get(KnownHeader.Path), into);
    }

    private void AppendPath(ReadOnlySpan<byte> current, ByteWriter into)
    {
        ReadOnlySpan<byte> path = current;
        ReadOnlySpan<byte> query = default;
        bool ownQuery = false;
        if (Path is not null)
        {
            path = Path;
            ownQuery = path.Contains((byte)'?');
            int question = current.IndexOf((byte)'?');
            query = ownQuery || question < 0 ? default : current[question..];
        }

        if (StripQuery && !ownQuery)
        {
            int question = path.IndexOf((byte)'?');
            path = question < 0 ? path : path[..question];
            query = default;
        }

        if (path.IsEmpty || path[0] != (byte)'/')
        {
            into.Append((byte)'/');
        }

        into.Append(path);
        into.Append(query);
    }

    /// <summary>
    /// The request's host, less its port where a new one is given, or where the scheme changes and the port is the old scheme's own.
    /// </summary>
    private ReadOnlySpan<byte> RequestHost(HeaderMap request, ReadOnlySpan<byte> newScheme)
    {
        ReadOnlySpan<byte> host = request.Get(KnownHeader.Authority);
        if (host.IsEmpty)
        {
            return host;
        }

        int colon;
        if (host[0] == (byte)'[')
        {
            int bracket = host.LastIndexOf("]:"u8);
            colon = bracket < 0 ? -1 : bracket + 1;
        }
        else
        {
            colon = host.LastIndexOf((byte)':');
        }

        if (colon < 0)
        {
            return host;
        }

        ReadOnlySpan<byte> protocol = request.Get(KnownHeader.XForwardedProto);
        bool dropPort = Port != 0;
        if (!newScheme.SequenceEqual(protocol))
        {
            ReadOnlySpan<byte> port = host[colon..];
            dropPort |= protocol.SequenceEqual("https"u8) && port.SequenceEqual(":443"u8);
            dropPort |= protocol.SequenceEqual("http"u8) && port.SequenceEqual(":80"u8);
        }

        return dropPort ? host[..colon] : host;
    }
}
