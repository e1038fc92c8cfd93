namespace Nuncio.IO.Tls;

/// <summary>Why a context could not be made. Immutable.</summary>
/// <param name="Part">Which part of the configuration it is about.</param>
/// <param name="Name">Which one of several: the certificate's name; may be empty.</param>
/// <param name="Reason">OpenSSL's reason, or ours.</param>
public readonly record struct TlsContextError(TlsContextPart Part, string Name, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => Name.Length == 0 ? $"{Words}: {Reason}" : $"{Words} of '{Name}': {Reason}";

    private string Words => Part switch
    {
        TlsContextPart.Library => "OpenSSL",
        TlsContextPart.Versions => "protocol versions",
        TlsContextPart.Ciphers => "cipher suites",
        TlsContextPart.Groups => "key exchange groups",
        TlsContextPart.SignatureAlgorithms => "signature algorithms",
        TlsContextPart.Certificate => "certificate",
        TlsContextPart.Chain => "certificate chain",
        TlsContextPart.PrivateKey => "private key",
        TlsContextPart.Pkcs12 => "PKCS#12 container",
        TlsContextPart.TrustedCa => "trusted CA",
        TlsContextPart.Crl => "revocation list",
        TlsContextPart.Sessions => "session resumption",
        _ => "application protocols",
    };
}

/// <summary>The parts of a context that can be wrong.</summary>
public enum TlsContextPart : byte
{
    Library,
    Versions,
    Ciphers,
    Groups,
    SignatureAlgorithms,
    Certificate,
    Chain,
    PrivateKey,
    Pkcs12,
    TrustedCa,
    Crl,
    Sessions,
    Alpn,
}
