using System.Runtime.InteropServices;

namespace Nuncio.IO.Tls;

/// <summary>What a handshake has agreed on, for routes, logs and filters.</summary>
/// <remarks>
/// Owner: the connection's worker; made by the transport socket at the end of the handshake. What costs is made when somebody asks; what
/// nobody has asked for by the connection's end is kept then only as far as it cannot be made again.
/// </remarks>
public sealed unsafe class NegotiatedTls
{
    [ThreadStatic]
    private static Dictionary<nint, string>? t_ciphers;

    private readonly bool _isServer;
    private nint _ssl;
    private string? _sessionId;
    private TlsCertificate? _peer;
    private TlsCertificate? _own;
    private TlsCertificate[]? _chain;

    internal NegotiatedTls(TlsTransportSocket socket, nint ssl)
    {
        _ssl = ssl;
        TlsContext context = socket.Context;
        _isServer = context.Config.IsServer;
        Version = (TlsVersion)LibSsl.Version(ssl);
        Cipher = CipherName(LibSsl.GetCurrentCipher(ssl));
        IsResumed = LibSsl.SessionReused(ssl) == 1;
        IsPeerVerified = socket.FirstContext.Config.VerifyMode != TlsVerifyMode.None && LibSsl.GetPeerCertificate(ssl) != 0 &&
            LibSsl.GetVerifyResult(ssl) == 0;
        byte* protocol;
        uint length;
        LibSsl.GetAlpnSelected(ssl, &protocol, &length);
        if (length > 0)
        {
            ReadOnlySpan<byte> name = new(protocol, (int)length);
            AlpnProtocol = context.FindAlpn(name) ?? System.Text.Encoding.UTF8.GetString(name);
        }

        byte* serverName = _isServer ? LibSsl.GetServerName(ssl, 0) : null;
        ServerName = serverName is null ? string.Empty : Marshal.PtrToStringUTF8((nint)serverName)!.ToLowerInvariant();
    }

    /// <summary>The version spoken.</summary>
    public TlsVersion Version { get; }

    /// <summary>"TLSv1.3".</summary>
    public string VersionName => Version switch
    {
        TlsVersion.Tls10 => "TLSv1",
        TlsVersion.Tls11 => "TLSv1.1",
        TlsVersion.Tls12 => "TLSv1.2",
        TlsVersion.Tls13 => "TLSv1.3",
        _ => string.Empty,
    };

    /// <summary>The cipher suite in OpenSSL's words: "ECDHE-RSA-AES128-GCM-SHA256", "TLS_AES_128_GCM_SHA256".</summary>
    public string Cipher { get; }

    /// <summary>The application protocol; empty when none was agreed on.</summary>
    public string AlpnProtocol { get; } = string.Empty;

    /// <summary>The name a client asked for, in lower case; empty when it asked for none, and at the client's end.</summary>
    public string ServerName { get; }

    /// <summary>Whether an earlier session was resumed.</summary>
    public bool IsResumed { get; }

    /// <summary>Whether the peer has shown a certificate that stood all checks, now or when the resumed session began.</summary>
    public bool IsPeerVerified { get; }

    /// <summary>The session's id, hexadecimal; empty when it has none.</summary>
    public string SessionId => _sessionId ??= ReadSessionId();

    /// <summary>The peer's certificate; null when it showed none.</summary>
    public TlsCertificate? PeerCertificate => _peer ??= _ssl == 0 ? null : TlsCertificate.Copy(LibSsl.GetPeerCertificate(_ssl));

    /// <summary>Our certificate; null when we showed none.</summary>
    public TlsCertificate? OwnCertificate => _own ??= _ssl == 0 ? null : TlsCertificate.Copy(LibSsl.GetOwnCertificate(_ssl));

    /// <summary>The peer's certificate and those it sent with it; not there for resumed sessions once the connection is closed.</summary>
    public IReadOnlyList<TlsCertificate> PeerChain => _chain ??= ReadChain();

    /// <summary>The connection is closing: OpenSSL's object ends.</summary>
    internal void Keep(nint ssl)
    {
        if (_sessionId is null)
        {
            _ = SessionId;
        }

        if (_peer is null && LibSsl.GetPeerCertificate(ssl) != 0)
        {
            _ = PeerCertificate;
        }

        _ssl = 0;
    }

    private static string CipherName(nint cipher)
    {
        // Ciphers are constants of the library, so their addresses tell them apart.
        Dictionary<nint, string> known = t_ciphers ??= [];
        if (!known.TryGetValue(cipher, out string? name))
        {
            name = cipher == 0 ? string.Empty : Marshal.PtrToStringUTF8((nint)LibSsl.CipherName(cipher)) ?? string.Empty;
            known.Add(cipher, name);
        }

        return name;
    }

    private string ReadSessionId()
    {
        nint session = _ssl == 0 ? 0 : LibSsl.GetSession(_ssl);
        if (session == 0)
        {
            return string.Empty;
        }

        uint length;
        byte* id = LibSsl.SessionId(session, &length);
        return Convert.ToHexStringLower(new ReadOnlySpan<byte>(id, (int)length));
    }

    private TlsCertificate[] ReadChain()
    {
        if (PeerCertificate is not { } peer)
        {
            return [];
        }

        List<TlsCertificate> chain = [peer];
        nint stack = _ssl == 0 ? 0 : LibSsl.GetPeerChain(_ssl);

        // OpenSSL: a server's list has the peer's own certificate not in it, a client's has.
        for (int i = _isServer ? 0 : 1; stack != 0 && i < LibCrypto.StackCount(stack); i++)
        {
            if (TlsCertificate.Copy(LibCrypto.StackValue(stack, i)) is { } certificate)
            {
                chain.Add(certificate);
            }
        }

        return [.. chain];
    }
}
