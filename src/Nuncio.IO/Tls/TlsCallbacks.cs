using System.Runtime.InteropServices;
using Nuncio.IO.Network;

namespace Nuncio.IO.Tls;

/// <summary>What OpenSSL calls back during a handshake. Each runs within a call of ours, so on the connection's worker.</summary>
/// <remarks>
/// Safety: the connection is <see cref="TlsTransportSocket.Current"/>, which every call of ours into OpenSSL sets; pointers are OpenSSL's and
/// valid during the call. No exception may pass through OpenSSL's frames: each method turns one into the extension's own failure.
/// </remarks>
internal static unsafe class TlsCallbacks
{
    private const int TicketNameLength = 16;
    private const int TicketHalfLength = 32;
    private const int TicketIvLength = 16;

    /// <summary>RFC 7301: our most preferred protocol that the client offers; with none in common the handshake goes on without.</summary>
    [UnmanagedCallersOnly]
    internal static int OnAlpn(nint ssl, byte** selected, byte* selectedLength, byte* offered, uint offeredLength, nint argument)
    {
        ReadOnlySpan<byte> ours = TlsTransportSocket.Current!.Context.AlpnWire;
        for (int i = 0; i < ours.Length; i += ours[i] + 1)
        {
            ReadOnlySpan<byte> wanted = ours.Slice(i, ours[i] + 1);
            for (uint at = 0; at < offeredLength; at += offered[at] + 1U)
            {
                // OpenSSL has checked that the lengths fit together.
                if (new ReadOnlySpan<byte>(offered + at, offered[at] + 1).SequenceEqual(wanted))
                {
                    *selected = offered + at + 1;
                    *selectedLength = offered[at];
                    return OpenSslConstants.ExtensionOk;
                }
            }
        }

        return OpenSslConstants.ExtensionNoAck;
    }

    /// <summary>RFC 6066, section 3.</summary>
    [UnmanagedCallersOnly]
    internal static int OnServerName(nint ssl, int* alert, nint argument)
    {
        TlsTransportSocket socket = TlsTransportSocket.Current!;
        try
        {
            byte* name = LibSsl.GetServerName(ssl, 0);
            if (socket.Context.Config.Selector!.Select(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name)) is { } selected && selected != socket.Context)
            {
                LibSsl.SetContext(ssl, selected.Native);
                socket.Context = selected;
            }

            return name is null ? OpenSslConstants.ExtensionNoAck : OpenSslConstants.ExtensionOk;
        }
        catch (Exception exception)
        {
            socket.OnCallbackFailed(exception);
            *alert = OpenSslConstants.AlertInternalError;
            return OpenSslConstants.ExtensionFatal;
        }
    }

    /// <summary>RFC 6066, section 8: the response about the certificate that was chosen.</summary>
    [UnmanagedCallersOnly]
    internal static int OnStatusRequest(nint ssl, nint argument)
    {
        nint certificate = LibSsl.GetOwnCertificate(ssl);
        foreach ((nint about, byte[] staple) in TlsTransportSocket.Current!.Context.Staples)
        {
            if (about == certificate)
            {
                byte* copy = LibCrypto.Allocate((nuint)staple.Length, null, 0);
                if (copy is null)
                {
                    break;
                }

                // OpenSSL frees it.
                staple.CopyTo(new Span<byte>(copy, staple.Length));
                LibSsl.Control(ssl, OpenSslConstants.ControlSetOcspResponse, staple.Length, (nint)copy);
                return OpenSslConstants.ExtensionOk;
            }
        }

        return OpenSslConstants.ExtensionNoAck;
    }

    /// <summary>RFC 5077: the keys to make (<paramref name="encrypt"/>) or open a ticket with. 0 does a full handshake, 2 renews the ticket.</summary>
    [UnmanagedCallersOnly]
    internal static int OnTicketKey(nint ssl, byte* name, byte* iv, nint cipher, nint mac, int encrypt)
    {
        byte[][] keys = TlsTransportSocket.Current!.FirstContext.TicketKeys;
        if (encrypt != 0)
        {
            keys[0].AsSpan(0, TicketNameLength).CopyTo(new Span<byte>(name, TicketNameLength));
            return LibCrypto.RandomBytes(iv, TicketIvLength) == 1 && SetTicketKey(keys[0], iv, cipher, mac, isEncrypting: true) ? 1 : -1;
        }

        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i].AsSpan(0, TicketNameLength).SequenceEqual(new ReadOnlySpan<byte>(name, TicketNameLength)))
            {
                // TLS 1.3 tickets are for one use, so that each resumption needs a new one.
                return !SetTicketKey(keys[i], iv, cipher, mac, isEncrypting: false) ? -1 : i > 0 || LibSsl.Version(ssl) == OpenSslConstants.Tls13 ? 2 : 1;
            }
        }

        return 0;
    }

    /// <summary>A client has been given a session to resume. 1 keeps the reference.</summary>
    [UnmanagedCallersOnly]
    internal static int OnNewSession(nint ssl, nint session) => TlsTransportSocket.Current?.Sessions is { } sessions && sessions.Add(session) ? 1 : 0;

    [UnmanagedCallersOnly]
    internal static void OnKeyLog(nint ssl, byte* line)
    {
        if (TlsTransportSocket.Current is { } socket && socket.Connection is { } connection)
        {
            try
            {
                socket.FirstContext.Config.KeyLog?.Write(connection, MemoryMarshal.CreateReadOnlySpanFromNullTerminated(line));
            }
            catch (Exception exception)
            {
                socket.OnCallbackFailed(exception);
            }
        }
    }

    /// <summary>The whole verification of the peer: the chain by OpenSSL, the rest by the context's verifier. 1 lets the handshake go on.</summary>
    [UnmanagedCallersOnly]
    internal static int OnVerify(nint storeContext, nint argument)
    {
        TlsTransportSocket socket = TlsTransportSocket.Current!;
        try
        {
            TlsContextConfig config = socket.FirstContext.Config;
            if (config.VerifyMode == TlsVerifyMode.None && config.Verifier is null)
            {
                return 1; // Nobody asks, so the work is spared.
            }

            bool isTrusted = LibCrypto.VerifyChain(storeContext) == 1;
            string? chainError = isTrusted ? null : ChainError(storeContext);
            string? error = chainError;
            bool isGood = isTrusted;
            if (config.Verifier is { } verifier && TlsCertificate.Copy(LibCrypto.StoreContextCertificate(storeContext)) is { } peer)
            {
                isGood = verifier.Verify(socket, peer, chainError, out error);
            }

            socket.OnVerified(isGood, error);
            if (!isGood && isTrusted)
            {
                LibCrypto.StoreContextSetError(storeContext, OpenSslConstants.VerifyErrorApplication);
            }

            LibCrypto.ClearError();
            return isGood ? 1 : 0;
        }
        catch (Exception exception)
        {
            socket.OnCallbackFailed(exception);
            return 0;
        }
    }

    /// <summary>Never asks at the terminal, which is what OpenSSL would do by itself.</summary>
    [UnmanagedCallersOnly]
    internal static int OnPassword(byte* into, int size, int isWriting, nint password)
    {
        ReadOnlySpan<byte> given = MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)password);
        if (password == 0 || given.Length > size)
        {
            return -1;
        }

        given.CopyTo(new Span<byte>(into, size));
        return given.Length;
    }

    private static string ChainError(nint storeContext)
    {
        int error = LibCrypto.StoreContextError(storeContext);
        string text = Marshal.PtrToStringUTF8((nint)LibCrypto.VerifyErrorText(error)) ?? "unknown";
        string message = $"verify cert failed: {text} at depth {LibCrypto.StoreContextErrorDepth(storeContext)}";
        return TlsCertificate.Copy(LibCrypto.StoreContextCurrent(storeContext)) is { } certificate
            ? $"{message} (subject '{certificate.Subject}', issuer '{certificate.Issuer}')"
            : message;
    }

    private static bool SetTicketKey(byte[] key, byte* iv, nint cipher, nint mac, bool isEncrypting)
    {
        fixed (byte* start = key)
        fixed (byte* keyName = "key\0"u8)
        fixed (byte* digestName = "digest\0"u8)
        fixed (byte* digest = "SHA256\0"u8)
        {
            LibCrypto.Parameter* parameters = stackalloc LibCrypto.Parameter[3];
            parameters[0] = new LibCrypto.Parameter
            {
                Key = keyName,
                DataType = OpenSslConstants.ParameterOctetString,
                Data = start + TicketNameLength,
                DataSize = TicketHalfLength,
            };
            parameters[1] = new LibCrypto.Parameter
            {
                Key = digestName,
                DataType = OpenSslConstants.ParameterUtf8String,
                Data = digest,
                DataSize = 6,
            };
            parameters[2] = default;
            byte* cipherKey = start + TicketNameLength + TicketHalfLength;
            int initialised = isEncrypting
                ? LibCrypto.EncryptInit(cipher, LibCrypto.Aes256Cbc(), 0, cipherKey, iv)
                : LibCrypto.DecryptInit(cipher, LibCrypto.Aes256Cbc(), 0, cipherKey, iv);
            return initialised == 1 && LibCrypto.MacSetParameters(mac, parameters) == 1;
        }
    }
}
