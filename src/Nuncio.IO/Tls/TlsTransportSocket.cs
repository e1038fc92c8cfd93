using Nuncio.Base.Buffers;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;

namespace Nuncio.IO.Tls;

/// <summary>TLS between a connection's buffers and its descriptor, by OpenSSL (Envoy: <c>envoy.transport_sockets.tls</c>).</summary>
/// <remarks>
/// Owner: its connection, on that connection's worker. Ends with <see cref="OnClose"/>; what it has negotiated can be asked for after that.
/// States, all transitions in this file:
/// <code>
///   New --descriptor connected--> Handshaking --done--> Open --close_notify sent--> Ended
///    |                               |                    |                          |
///    '---- failure, OnClose ---------'--------------------'--------------------------'--> Closed
/// </code>
/// Invariant: OpenSSL is never refused a write, so that it never has to repeat one: what the system does not take waits in
/// <see cref="_output"/>, and no more is encrypted until it has left. An idle connection holds no block.
/// Alerts, close_notify: RFC 8446, section 6.
/// </remarks>
public sealed unsafe partial class TlsTransportSocket : ITransportSocket
{
    /// <summary>RFC 6066: a name is a DNS name, so no longer than that.</summary>
    private const int MaxServerName = 255;

    [ThreadStatic]
    private static TlsTransportSocket? t_current;

    private readonly string? _serverName;
    private readonly IReadOnlyList<string>? _alpnOverride;
    private Connection _connection = null!;
    private Buffer _input = null!;
    private Buffer _output = null!;
    private nint _ssl;
    private State _state;
    private int _receiveError;
    private int _sendError;
    private string? _verifyError;
    private string? _failureReason;

    /// <summary>A server's end.</summary>
    public TlsTransportSocket(TlsContext context)
    {
        FirstContext = context;
        Context = context;
    }

    /// <summary>A client's end.</summary>
    /// <param name="serverName">The name asked for (SNI); null or empty asks for none.</param>
    /// <param name="sessions">Where sessions are taken from and kept, of this worker and this upstream; null resumes none.</param>
    /// <param name="alpn">Application protocols to offer in place of the context's.</param>
    public TlsTransportSocket(TlsContext context, string? serverName, TlsSessionCache? sessions, IReadOnlyList<string>? alpn = null)
        : this(context)
    {
        _serverName = string.IsNullOrEmpty(serverName) ? null : serverName;
        _alpnOverride = alpn;
        Sessions = sessions;
    }

    private enum State : byte
    {
        New,
        Handshaking,
        Open,
        Ended,
        Closed,
    }

    /// <summary>The context in use: what the configuration gave, or what was selected by name.</summary>
    public TlsContext Context { get; internal set; }

    /// <summary>What was agreed on; null before the handshake has ended.</summary>
    public NegotiatedTls? Negotiated { get; private set; }

    /// <summary>What the failure counts as; None while there is none.</summary>
    public TlsFailureKind FailureKind { get; private set; }

    /// <summary>The name that a client asked for, or asks for.</summary>
    public string? RequestedServerName => _serverName ?? Negotiated?.ServerName;

    /// <summary>Whether the peer's bytes ended without a close_notify: somebody may have cut them off.</summary>
    public bool WasTruncated { get; private set; }

    /// <inheritdoc/>
    public string Protocol => Negotiated?.AlpnProtocol ?? string.Empty;

    /// <inheritdoc/>
    public string? FailureReason =>

        // Peers that reset connections are many, and those who want to read of it are few.
        _failureReason ??= FailureKind == TlsFailureKind.Socket ? OpenSslErrors.SocketFailure(SocketError) : null;

    /// <inheritdoc/>
    public bool CanFlushClose => _state is State.Open or State.Ended;

    /// <inheritdoc/>
    public bool HasPendingOutput => !_output.IsEmpty;

    /// <summary>The connection on whose behalf this thread is inside OpenSSL.</summary>
    internal static TlsTransportSocket? Current => t_current;

    /// <summary>The context the handshake began with: ticket keys, key log and what is asked of the peer are its.</summary>
    internal TlsContext FirstContext { get; }

    internal TlsSessionCache? Sessions { get; }

    internal Connection Connection => _connection;

    private int SocketError => _receiveError != 0 ? _receiveError : _sendError;

    private SocketApi Sockets => _connection.Dispatcher.Sockets;

    /// <inheritdoc/>
    public void Initialize(Connection connection)
    {
        _connection = connection;
        _input = new Buffer(connection.Dispatcher.Blocks);
        _output = new Buffer(connection.Dispatcher.Blocks);
    }

    /// <inheritdoc/>
    public void OnConnected()
    {
        _state = State.Handshaking;
        if (!FirstContext.Config.IsServer && Handshake().Outcome == IoOutcome.Failed)
        {
            _connection.Close(ConnectionCloseType.NoFlush, "tls_handshake_failed");
        }
    }

    /// <inheritdoc/>
    public bool TakePreread(Buffer bytes, Buffer readBuffer)
    {
        bytes.MoveTo(_input);
        return true;
    }

    /// <inheritdoc/>
    public void OnClose()
    {
        if (_ssl != 0)
        {
            Enter();
            if (_state == State.Open && _receiveError == 0 && !_isSocketEnded)
            {
                LibSsl.Shutdown(_ssl);
            }

            // Also an alert that tells the peer why its handshake failed. One attempt: who does not take it has no room for our bytes.
            if (!_output.IsEmpty && _connection.FileDescriptor >= 0 && _sendError == 0)
            {
                SendOutput();
            }

            Negotiated?.Keep(_ssl);
            if (_state is State.Open or State.Ended)
            {
                LibSsl.SetShutdown(_ssl, OpenSslConstants.ShutdownBoth); // Else OpenSSL would forget the session, which is good.
            }

            LibSsl.Free(_ssl);
            _ssl = 0;
            LibCrypto.ClearError();
            t_current = null;
        }

        _state = State.Closed;
        _input.Clear();
        _output.Clear();
    }

    /// <summary>A callback has thrown: a bug of ours, which ends the connection and not the process.</summary>
    internal void OnCallbackFailed(Exception exception)
    {
        _verifyError ??= "internal error";
        _connection.Dispatcher.ReportContained(exception, "TLS callback");
    }

    internal void OnVerified(bool isGood, string? error)
    {
        _verifyError = isGood ? null : error ?? "verify cert failed";
    }

    private void Enter()
    {
        t_current = this;
        IsStarved = false;
    }

    /// <summary>Goes on with the handshake as far as it goes. Blocked: as far as that is; Done: it has ended well.</summary>
    private IoResult Handshake()
    {
        if (_ssl == 0 && !Create())
        {
            return Fail();
        }

        Enter();
        LibCrypto.ClearError();
        int result = LibSsl.DoHandshake(_ssl);
        if (result != 1)
        {
            if (!IsStarved)
            {
                return Fail();
            }

            RequestSend();
            return new IoResult(0, IoOutcome.Blocked);
        }

        _state = State.Open;
        Negotiated = new NegotiatedTls(this, _ssl);
        if (Negotiated.IsResumed)
        {
            Sessions?.Renew(_ssl);
        }

        RequestSend();
        _connection.RaiseConnected();
        return new IoResult(0, IoOutcome.Done);
    }

    /// <summary>Made at the first bytes: a client that says nothing costs no more than its descriptor.</summary>
    private bool Create()
    {
        LibCrypto.ClearError();
        nint ssl = LibSsl.New(FirstContext.Native);
        nint bio = ssl == 0 ? 0 : TlsBio.Create();
        if (bio == 0)
        {
            LibSsl.Free(ssl);
            return false;
        }

        LibSsl.SetBio(ssl, bio, bio);
        _ssl = ssl;
        if (FirstContext.Config.IsServer)
        {
            LibSsl.SetAcceptState(ssl);
            return true;
        }

        LibSsl.SetConnectState(ssl);
        return PrepareClient();
    }

    private bool PrepareClient()
    {
        Sessions?.Use(_ssl);
        if (_alpnOverride is { } protocols)
        {
            byte[] wire = TlsContext.EncodeAlpn(protocols) ?? [];
            fixed (byte* start = wire)
            {
                if (LibSsl.SetAlpnProtocols(_ssl, start, (uint)wire.Length) != 0)
                {
                    return false;
                }
            }
        }

        if (_serverName is null)
        {
            return true;
        }

        Span<byte> name = stackalloc byte[MaxServerName + 1];
        if (_serverName.Length > MaxServerName || !System.Text.Encoding.ASCII.TryGetBytes(_serverName, name[..^1], out int length))
        {
            return false;
        }

        name[length] = 0;
        fixed (byte* start = name)
        {
            return LibSsl.Control(_ssl, OpenSslConstants.ControlSetHostName, 0, (nint)start) == 1;
        }
    }

    /// <summary>Writes down why. The alert that OpenSSL made waits in the output, to be sent by the close that follows.</summary>
    private IoResult Fail()
    {
        string? reason = OpenSslErrors.TakeFailure(_verifyError, out TlsFailureKind kind);
        if (reason is null && (SocketError != 0 || _isSocketEnded))
        {
            FailureKind = TlsFailureKind.Socket;
        }
        else
        {
            _failureReason ??= reason ?? "TLS_error:|0:SSL routines:OPENSSL_internal:UNKNOWN:TLS_error_end";
            FailureKind = kind;
        }

        if (_state == State.Open)
        {
            _state = State.Ended; // No close_notify after a fatal alert.
        }

        return new IoResult(0, IoOutcome.Failed, SocketError);
    }

    private void RequestSend()
    {
        if (!_output.IsEmpty)
        {
            _connection.RequestFlush();
        }
    }
}
