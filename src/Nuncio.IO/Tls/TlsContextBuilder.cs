using System.Text;

namespace Nuncio.IO.Tls;

/// <summary>Makes the native part of a <see cref="TlsContext"/> and collects everything that is wrong. One use; control plane.</summary>
internal sealed unsafe partial class TlsContextBuilder
{
    /// <summary>Sessions kept for stateful resumption; OpenSSL's own default.</summary>
    private const int SessionCacheSize = 20 * 1024;

    private const int TicketKeyLength = 80;
    private const int MaxSessionIdContext = 32;

    private readonly nint _context;
    private readonly TlsContextConfig _config;
    private readonly List<TlsContextError> _errors;
    private readonly List<(nint Certificate, byte[] Staple)> _staples = [];

    private TlsContextBuilder(nint context, TlsContextConfig config, List<TlsContextError> errors)
    {
        _context = context;
        _config = config;
        _errors = errors;
    }

    internal static TlsContext? Build(TlsContextConfig config, List<TlsContextError> errors)
    {
        if (!OpenSslLibrary.IsAvailable)
        {
            errors.Add(new TlsContextError(TlsContextPart.Library, string.Empty, OpenSslLibrary.Problem!));
            return null;
        }

        LibCrypto.ClearError();
        nint context = LibSsl.ContextNew(LibSsl.TlsMethod());
        if (context == 0)
        {
            errors.Add(new TlsContextError(TlsContextPart.Library, string.Empty, OpenSslErrors.TakeReasons()));
            return null;
        }

        int before = errors.Count;
        TlsContextBuilder builder = new(context, config, errors);
        builder.AddProtocol();
        builder.AddCertificates();
        builder.AddVerification();
        builder.AddSessions();
        builder.AddExtensions();
        LibCrypto.ClearError();
        if (errors.Count > before)
        {
            LibSsl.ContextFree(context);
            return null;
        }

        return new TlsContext(context, config, builder._staples);
    }

    private void AddProtocol()
    {
        ulong options = OpenSslConstants.OptionIgnoreUnexpectedEof | OpenSslConstants.OptionNoCompression | OpenSslConstants.OptionNoRenegotiation;
        if (!_config.PreferClientCiphers)
        {
            options |= OpenSslConstants.OptionCipherServerPreference;
        }

        LibSsl.ContextSetOptions(_context, options);

        // A chain is what was configured: OpenSSL would complete it from what is trusted, which is about the peer.
        Control(OpenSslConstants.ControlMode, OpenSslConstants.ModeNoAutoChain | (_config.ReleaseBuffers ? OpenSslConstants.ModeReleaseBuffers : 0));
        if (_config.MaximumVersion != TlsVersion.None && _config.MinimumVersion > _config.MaximumVersion)
        {
            Add(TlsContextPart.Versions, $"the oldest, {_config.MinimumVersion}, is newer than the newest, {_config.MaximumVersion}");
        }
        else
        {
            Check(Control(OpenSslConstants.ControlSetMinimumVersion, (nint)_config.MinimumVersion) == 1, TlsContextPart.Versions);
            Check(Control(OpenSslConstants.ControlSetMaximumVersion, (nint)_config.MaximumVersion) == 1, TlsContextPart.Versions);
        }

        if (_config.CipherList is { } list)
        {
            fixed (byte* text = Zero(list))
            {
                Check(LibSsl.ContextSetCipherList(_context, text) == 1, TlsContextPart.Ciphers, list);
            }
        }

        if (_config.CipherSuites is { } suites)
        {
            fixed (byte* text = Zero(suites))
            {
                Check(LibSsl.ContextSetCipherSuites(_context, text) == 1, TlsContextPart.Ciphers, suites);
            }
        }

        SetList(OpenSslConstants.ControlSetGroupsList, _config.Groups, TlsContextPart.Groups);
        SetList(OpenSslConstants.ControlSetSignatureAlgorithmsList, _config.SignatureAlgorithms, TlsContextPart.SignatureAlgorithms);
    }

    private void AddVerification()
    {
        int mode = _config.VerifyMode switch
        {
            TlsVerifyMode.None when _config.Verifier is null => OpenSslConstants.VerifyNone,
            TlsVerifyMode.None or TlsVerifyMode.Optional => OpenSslConstants.VerifyPeer,
            _ => OpenSslConstants.VerifyPeer | OpenSslConstants.VerifyFailIfNoPeerCertificate,
        };
        LibSsl.ContextSetVerify(_context, mode, 0);
        LibSsl.ContextSetCertificateVerifyCallback(_context, (nint)(delegate* unmanaged<nint, nint, int>)&TlsCallbacks.OnVerify, 0);
        if (_config.VerifyDepth is { } depth)
        {
            LibSsl.ContextSetVerifyDepth(_context, depth);
        }

        // Envoy: what is trusted is trusted, also when it is no root.
        nuint flags = OpenSslConstants.VerifyFlagPartialChain;
        if (!_config.Crl.IsEmpty)
        {
            flags |= OpenSslConstants.VerifyFlagCrlCheck | (_config.OnlyVerifyLeafCrl ? 0 : OpenSslConstants.VerifyFlagCrlCheckAll);
        }

        if (_config.AllowExpired)
        {
            flags |= OpenSslConstants.VerifyFlagNoCheckTime;
        }

        LibCrypto.VerifySetFlags(LibSsl.ContextGetVerifyParameters(_context), flags);
        AddTrusted();
        AddCrl();
    }

    private void AddSessions()
    {
        if (!_config.IsServer)
        {
            LibSsl.ContextSetNewSessionCallback(_context, (nint)(delegate* unmanaged<nint, nint, int>)&TlsCallbacks.OnNewSession);
            Control(OpenSslConstants.ControlSetSessionCacheMode, OpenSslConstants.SessionCacheClient | OpenSslConstants.SessionCacheNoInternal);
            return;
        }

        Control(OpenSslConstants.ControlSetSessionCacheMode, _config.StatefulResumption ? OpenSslConstants.SessionCacheServer : OpenSslConstants.SessionCacheOff);
        Control(OpenSslConstants.ControlSetSessionCacheSize, SessionCacheSize);
        if (!_config.StatelessResumption)
        {
            LibSsl.ContextSetOptions(_context, OpenSslConstants.OptionNoTicket);
        }

        // TLS 1.3 has tickets only; without either way to resume they would be made for nothing.
        bool resumes = _config.StatelessResumption || _config.StatefulResumption;
        LibSsl.ContextSetTicketCount(_context, resumes ? (nuint)_config.TicketCount : 0);
        if (_config.SessionTimeout > TimeSpan.Zero)
        {
            LibSsl.ContextSetTimeout(_context, (nint)Math.Max(1, _config.SessionTimeout.TotalSeconds));
        }

        if (_config.SessionIdContext.Length > MaxSessionIdContext)
        {
            Add(TlsContextPart.Sessions, $"the session id context has {_config.SessionIdContext.Length} bytes; at most {MaxSessionIdContext} are possible");
        }
        else
        {
            // OpenSSL wants one as soon as client certificates are asked for.
            ReadOnlySpan<byte> id = _config.SessionIdContext.IsEmpty ? "nuncio"u8 : _config.SessionIdContext.Span;
            fixed (byte* value = id)
            {
                Check(LibSsl.ContextSetSessionIdContext(_context, value, (uint)id.Length) == 1, TlsContextPart.Sessions);
            }
        }

        AddTicketKeys();
    }

    private void AddTicketKeys()
    {
        foreach (ReadOnlyMemory<byte> key in _config.TicketKeys)
        {
            if (key.Length != TicketKeyLength)
            {
                Add(TlsContextPart.Sessions, $"a session ticket key has {key.Length} bytes; it must have {TicketKeyLength}");
                return;
            }
        }

        if (_config.TicketKeys.Count > 0)
        {
            LibSsl.ContextSetTicketKeyCallback(_context, (nint)(delegate* unmanaged<nint, byte*, byte*, nint, nint, int, int>)&TlsCallbacks.OnTicketKey);
        }
    }

    private void AddExtensions()
    {
        if (TlsContext.EncodeAlpn(_config.AlpnProtocols) is not { } alpn)
        {
            Add(TlsContextPart.Alpn, "each must have 1 to 255 bytes, all together less than 65536");
        }
        else if (alpn.Length > 0 && _config.IsServer)
        {
            LibSsl.ContextSetAlpnSelectCallback(_context, (nint)(delegate* unmanaged<nint, byte**, byte*, byte*, uint, nint, int>)&TlsCallbacks.OnAlpn, 0);
        }
        else if (alpn.Length > 0)
        {
            fixed (byte* wire = alpn)
            {
                Check(LibSsl.ContextSetAlpnProtocols(_context, wire, (uint)alpn.Length) == 0, TlsContextPart.Alpn);
            }
        }

        if (_config.IsServer && _config.Selector is not null)
        {
            CallbackControl(OpenSslConstants.ControlSetServerNameCallback, (nint)(delegate* unmanaged<nint, int*, nint, int>)&TlsCallbacks.OnServerName);
        }

        if (_config.IsServer && (_staples.Count > 0 || _config.Selector is not null))
        {
            CallbackControl(OpenSslConstants.ControlSetStatusRequestCallback, (nint)(delegate* unmanaged<nint, nint, int>)&TlsCallbacks.OnStatusRequest);
        }

        if (_config.KeyLog is not null)
        {
            LibSsl.ContextSetKeyLogCallback(_context, (nint)(delegate* unmanaged<nint, byte*, void>)&TlsCallbacks.OnKeyLog);
        }
    }

    private static byte[] Zero(string text) => Encoding.UTF8.GetBytes(text + '\0');

    private nint Control(int command, nint number) => LibSsl.ContextControl(_context, command, number, 0);

    private void CallbackControl(int command, nint function) => LibSsl.ContextCallbackControl(_context, command, function);

    private void SetList(int command, string? list, TlsContextPart part)
    {
        if (list is not null)
        {
            fixed (byte* text = Zero(list))
            {
                Check(LibSsl.ContextControl(_context, command, 0, (nint)text) == 1, part, list);
            }
        }
    }

    private void Check(bool isGood, TlsContextPart part, string name = "")
    {
        if (!isGood)
        {
            _errors.Add(new TlsContextError(part, name, OpenSslErrors.TakeReasons()));
        }
    }

    private void Add(TlsContextPart part, string reason, string name = "") => _errors.Add(new TlsContextError(part, name, reason));
}
