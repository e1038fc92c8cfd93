using Nuncio.Base.Stats;

namespace Nuncio.Extensions.ListenerFilters.TlsInspector;

/// <summary><c>tls_inspector.*</c> on one worker. Owner: that worker; all inspectors of the process add up.</summary>
internal sealed class TlsInspectorStats(StatScope scope)
{
    /// <summary>Clients closed since their ClientHello is too long.</summary>
    internal readonly Counter ClientHelloTooLarge = scope.Counter("client_hello_too_large");

    /// <summary>Clients that speak TLS.</summary>
    internal readonly Counter TlsFound = scope.Counter("tls_found");

    /// <summary>Clients that sent something else, or a ClientHello that is none.</summary>
    internal readonly Counter TlsNotFound = scope.Counter("tls_not_found");

    /// <summary>ClientHellos that offer protocols.</summary>
    internal readonly Counter AlpnFound = scope.Counter("alpn_found");

    /// <summary>ClientHellos that offer none, or a list that is none.</summary>
    internal readonly Counter AlpnNotFound = scope.Counter("alpn_not_found");

    /// <summary>ClientHellos with a server name.</summary>
    internal readonly Counter SniFound = scope.Counter("sni_found");

    /// <summary>ClientHellos without one.</summary>
    internal readonly Counter SniNotFound = scope.Counter("sni_not_found");

    /// <summary>Bytes it took to know.</summary>
    internal readonly Histogram BytesProcessed = scope.Histogram("bytes_processed", HistogramUnit.Bytes);
}
