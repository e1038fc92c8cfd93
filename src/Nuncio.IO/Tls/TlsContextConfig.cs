namespace Nuncio.IO.Tls;

/// <summary>What one TLS context shall do, in the terms of OpenSSL. Immutable; made by configuration, turned into a <see cref="TlsContext"/>.</summary>
/// <remarks>The defaults are Envoy's for a server: TLS 1.2 and 1.3, no certificate asked of the peer, resumption with automatic tickets.</remarks>
public sealed record TlsContextConfig
{
    /// <summary>Which side of the handshake it takes.</summary>
    public bool IsServer { get; init; } = true;

    /// <summary>Oldest version spoken. Envoy: <c>tls_minimum_protocol_version</c>.</summary>
    public TlsVersion MinimumVersion { get; init; } = TlsVersion.Tls12;

    /// <summary>Newest version spoken. Envoy: <c>tls_maximum_protocol_version</c>.</summary>
    public TlsVersion MaximumVersion { get; init; } = TlsVersion.Tls13;

    /// <summary>Cipher suites up to TLS 1.2 in OpenSSL's list format; null takes OpenSSL's. Envoy: <c>cipher_suites</c>.</summary>
    public string? CipherList { get; init; }

    /// <summary>Cipher suites of TLS 1.3, separated by colons; null takes OpenSSL's.</summary>
    public string? CipherSuites { get; init; }

    /// <summary>Key exchange groups, separated by colons ("X25519:P-256"); null takes OpenSSL's. Envoy: <c>ecdh_curves</c>.</summary>
    public string? Groups { get; init; }

    /// <summary>Signature algorithms, separated by colons, in OpenSSL's words; null takes OpenSSL's.</summary>
    public string? SignatureAlgorithms { get; init; }

    /// <summary>Whether the client's order of ciphers decides. Envoy: <c>prefer_client_ciphers</c>.</summary>
    public bool PreferClientCiphers { get; init; }

    /// <summary>Own certificates, at most one of each kind of key; which one is used depends on what the peer can verify.</summary>
    public IReadOnlyList<TlsCertificateConfig> Certificates { get; init; } = [];

    /// <summary>Whether the peer must show a certificate that stands the checks.</summary>
    public TlsVerifyMode VerifyMode { get; init; } = TlsVerifyMode.None;

    /// <summary>PEM bundle of what is trusted. Envoy: <c>trusted_ca</c>.</summary>
    public ReadOnlyMemory<byte> TrustedCa { get; init; }

    /// <summary>PEM bundle of revocation lists; with it, a certificate without a list is refused. Envoy: <c>crl</c>.</summary>
    public ReadOnlyMemory<byte> Crl { get; init; }

    /// <summary>Whether lists are looked up for the peer's own certificate only. Envoy: <c>only_verify_leaf_cert_crl</c>.</summary>
    public bool OnlyVerifyLeafCrl { get; init; }

    /// <summary>Certificates between the peer's and the trusted one at most; null takes OpenSSL's 100. Envoy: <c>max_verify_depth</c>.</summary>
    public int? VerifyDepth { get; init; }

    /// <summary>Whether dates are not looked at. Envoy: <c>allow_expired_certificate</c>.</summary>
    public bool AllowExpired { get; init; }

    /// <summary>Checks beyond the chain (names, pins); null has none.</summary>
    public ITlsPeerVerifier? Verifier { get; init; }

    /// <summary>What sessions may be resumed under, at most 32 bytes: they are worth nothing in a context with another one.</summary>
    public ReadOnlyMemory<byte> SessionIdContext { get; init; }

    /// <summary>
    /// Keys of 80 bytes (name 16, HMAC 32, AES 32) for stateless resumption: the first encrypts, all decrypt. Empty: one made up by
    /// OpenSSL. Envoy: <c>session_ticket_keys</c>.
    /// </summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> TicketKeys { get; init; } = [];

    /// <summary>Tickets given out after a full TLS 1.3 handshake.</summary>
    public int TicketCount { get; init; } = 2;

    /// <summary>Whether sessions are resumed from tickets. Envoy: <c>disable_stateless_session_resumption</c>.</summary>
    public bool StatelessResumption { get; init; } = true;

    /// <summary>Whether sessions are resumed from this process's memory. Envoy: <c>disable_stateful_session_resumption</c>.</summary>
    public bool StatefulResumption { get; init; } = true;

    /// <summary>How long a session may be resumed; zero takes OpenSSL's. Envoy: <c>session_timeout</c>.</summary>
    public TimeSpan SessionTimeout { get; init; }

    /// <summary>Application protocols, the preferred first. Envoy: <c>alpn_protocols</c>.</summary>
    public IReadOnlyList<string> AlpnProtocols { get; init; } = [];

    /// <summary>Picks another context by the name that the client asks for; null has none. Servers only.</summary>
    public ITlsContextSelector? Selector { get; init; }

    /// <summary>Where secrets are logged for analysers; null has none. Envoy: <c>key_log</c>.</summary>
    public ITlsKeyLog? KeyLog { get; init; }

    /// <summary>Whether an idle connection gives its record buffers back, 34 KiB each, for a little time at the next record.</summary>
    public bool ReleaseBuffers { get; init; } = true;
}

/// <summary>Whether a peer is asked for its certificate.</summary>
public enum TlsVerifyMode : byte
{
    /// <summary>It is not, or what a server shows is not looked at.</summary>
    None,

    /// <summary>It is; one that comes must stand the checks.</summary>
    Optional,

    /// <summary>It is, and none is a failure.</summary>
    Required,
}
