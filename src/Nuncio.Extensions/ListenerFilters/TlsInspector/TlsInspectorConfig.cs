namespace Nuncio.Extensions.ListenerFilters.TlsInspector;

/// <summary>What the user wants of the TLS inspector; immutable. Envoy: <c>tls_inspector.v3.TlsInspector</c>.</summary>
/// <param name="MaxClientHelloSize"><c>max_client_hello_size</c>: bytes; a client that sends a longer ClientHello is closed.</param>
/// <param name="EnableJa3"><c>enable_ja3_fingerprinting</c>.</param>
/// <param name="EnableJa4"><c>enable_ja4_fingerprinting</c>.</param>
/// <param name="CloseOnParsingErrors"><c>close_connection_on_client_hello_parsing_errors</c>: false lets it pass as plain text.</param>
public sealed record TlsInspectorConfig(
    int MaxClientHelloSize = TlsInspectorConfig.LargestClientHello,
    bool EnableJa3 = false,
    bool EnableJa4 = false,
    bool CloseOnParsingErrors = false)
{
    /// <summary>Default and upper limit of <see cref="MaxClientHelloSize"/>: what one TLS record can hold (RFC 8446, section 5.1).</summary>
    public const int LargestClientHello = 16384;
}
