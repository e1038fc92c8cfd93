namespace Nuncio.IO.Tls;

/// <summary>One certificate of ours with its chain and key, as read. Immutable.</summary>
/// <remarks>Either <see cref="Pkcs12"/>, or <see cref="Chain"/> and <see cref="PrivateKey"/>. Never printed: the record's text is its name.</remarks>
public sealed record TlsCertificateConfig
{
    /// <summary>What errors call it: the secret's name or the file.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>PEM: the certificate, then those that lead to the root.</summary>
    public ReadOnlyMemory<byte> Chain { get; init; }

    /// <summary>PEM: its private key.</summary>
    public ReadOnlyMemory<byte> PrivateKey { get; init; }

    /// <summary>Opens an encrypted key or container; null where it is not.</summary>
    public string? Password { get; init; }

    /// <summary>DER: certificate, chain and key in one container.</summary>
    public ReadOnlyMemory<byte> Pkcs12 { get; init; }

    /// <summary>DER: the OCSP response shown to clients that ask for one.</summary>
    public ReadOnlyMemory<byte> OcspStaple { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
