using Nuncio.Base.Stats;
using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Streams;

namespace Nuncio.Extensions.ListenerFilters.HttpInspector;

/// <summary>
/// Sees from a client's first bytes which HTTP it speaks in plain text, and says so as ALPN would. The bytes stay where they are.
/// Envoy: "HTTP Inspector".
/// </summary>
/// <remarks>Owner: the socket's worker; one per accepted socket.</remarks>
internal sealed class HttpInspectorFilter(HttpInspectorStats stats) : ListenerFilter
{
    /// <summary>
    /// A client whose first line is longer is closed: the most that a socket holds before it is a connection. Envoy: 64 KiB.
    /// </summary>
    private const int LargestFirstLine = 16 * 1024;

    private static readonly string[] s_http10 = ["http/1.0"];
    private static readonly string[] s_http11 = ["http/1.1"];
    private static readonly string[] s_http2 = ["h2c"];

    private FirstLineReader _reader;

    /// <inheritdoc/>
    public override int MaxReadBytes => LargestFirstLine;

    /// <inheritdoc/>
    public override ListenerFilterStatus OnAccept(AcceptedSocket socket) =>
        socket.Info.TransportProtocol is "" or "raw_buffer" ? ListenerFilterStatus.StopIteration : ListenerFilterStatus.Continue;

    /// <inheritdoc/>
    public override ListenerFilterStatus OnData(AcceptedSocket socket, ReadOnlySpan<byte> bytes)
    {
        switch (_reader.Read(bytes))
        {
            case FirstLine.NeedMore:
                return OnIncomplete(socket, bytes.Length);
            case FirstLine.Http10:
                return OnFound(socket.Info, s_http10, stats.Http10Found);
            case FirstLine.Http11:
                return OnFound(socket.Info, s_http11, stats.Http11Found);
            case FirstLine.Http2:
                return OnFound(socket.Info, s_http2, stats.Http2Found);
            default:
                stats.HttpNotFound.Inc();
                return ListenerFilterStatus.Continue;
        }
    }

    private static ListenerFilterStatus OnFound(ConnectionInfo info, string[] protocol, Counter counter)
    {
        info.ApplicationProtocols = protocol;
        counter.Inc();
        return ListenerFilterStatus.Continue;
    }

    private ListenerFilterStatus OnIncomplete(AcceptedSocket socket, int seen)
    {
        if (seen >= LargestFirstLine)
        {
            stats.ReadError.Inc();
            socket.Close("http_first_line_too_large");
        }

        return ListenerFilterStatus.StopIteration;
    }
}
