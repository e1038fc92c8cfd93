using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Streams;

namespace Nuncio.Extensions.ListenerFilters.TlsInspector;

/// <summary>
/// Sees from a client's first bytes whether it speaks TLS, and if so to which server and with which protocols. The bytes stay where
/// they are: whoever comes behind reads them again. Envoy: "TLS Inspector".
/// </summary>
/// <remarks>Owner: the socket's worker; one per accepted socket.</remarks>
internal sealed class TlsInspectorFilter(TlsInspectorMaker maker) : ListenerFilter
{
    /// <summary>Namespace and key of the connection's dynamic metadata that say why TLS was not found.</summary>
    private const string MetadataNamespace = "envoy.filters.listener.tls_inspector";

    private const string FailureKey = "failure_reason";

    private ClientHelloFinder _finder;

    /// <inheritdoc/>
    public override int MaxReadBytes => maker.Config.MaxClientHelloSize;

    /// <inheritdoc/>
    public override ListenerFilterStatus OnAccept(AcceptedSocket socket) => ListenerFilterStatus.StopIteration;

    /// <inheritdoc/>
    public override ListenerFilterStatus OnData(AcceptedSocket socket, ReadOnlySpan<byte> bytes)
    {
        switch (_finder.Find(bytes, maker.Config.MaxClientHelloSize))
        {
            case ClientHelloStatus.NeedMore:
                return ListenerFilterStatus.StopIteration;
            case ClientHelloStatus.Found when ClientHello.TryParse(_finder.Message(bytes, maker), out ClientHello hello):
                OnHello(socket.Info, hello);
                return ListenerFilterStatus.Continue;
            case ClientHelloStatus.TooLarge:
                return Close(socket, tooLarge: true);
            default:
                return OnNotTls(socket, bytes.Length);
        }
    }

    private void OnHello(ConnectionInfo info, in ClientHello hello)
    {
        TlsInspectorStats stats = maker.Stats;
        if (maker.Config.EnableJa3)
        {
            info.Ja3Hash = maker.Ja3(hello);
        }

        if (maker.Config.EnableJa4)
        {
            info.Ja4 = maker.Ja4(hello);
        }

        if (hello.ServerName.Length > 0)
        {
            info.RequestedServerName = maker.ServerName(hello.ServerName);
            stats.SniFound.Inc();
        }
        else
        {
            stats.SniNotFound.Inc();
        }

        string[] protocols = hello.HasAlpn ? maker.Protocols(hello.Alpn) : [];
        if (protocols.Length > 0)
        {
            info.ApplicationProtocols = protocols;
            stats.AlpnFound.Inc();
        }
        else
        {
            stats.AlpnNotFound.Inc();
        }

        info.TransportProtocol = "tls";
        stats.TlsFound.Inc();
        stats.BytesProcessed.Record(_finder.Processed);
    }

    private ListenerFilterStatus OnNotTls(AcceptedSocket socket, int seen)
    {
        if (maker.Config.CloseOnParsingErrors)
        {
            return Close(socket, tooLarge: seen >= maker.Config.MaxClientHelloSize);
        }

        maker.Stats.TlsNotFound.Inc();
        maker.Stats.BytesProcessed.Record(_finder.Processed);
        NoteFailure(socket.Info, "ClientHelloNotDetected");
        return ListenerFilterStatus.Continue;
    }

    private ListenerFilterStatus Close(AcceptedSocket socket, bool tooLarge)
    {
        (tooLarge ? maker.Stats.ClientHelloTooLarge : maker.Stats.TlsNotFound).Inc();
        maker.Stats.BytesProcessed.Record(_finder.Processed);
        NoteFailure(socket.Info, tooLarge ? "ClientHelloTooLarge" : "ClientHelloNotDetected");
        socket.Close(tooLarge ? "client_hello_too_large" : "client_hello_not_detected");
        return ListenerFilterStatus.StopIteration;
    }

    private static void NoteFailure(ConnectionInfo info, string reason)
    {
        info.Metadata ??= new DynamicMetadata();
        info.Metadata.Set(MetadataNamespace, FailureKey, reason);
    }
}
