using System.Text;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;
using Nuncio.IO.Tests.Network;
using Nuncio.IO.Tls;
using Nuncio.Testing.Network;

namespace Nuncio.IO.Tests.Tls;

/// <summary>A TLS client and a TLS server, two connections of one process over the simulated network.</summary>
internal sealed class TlsPair : IListenerCallbacks, IDisposable
{
    private const string Address = "127.0.0.1:443";
    private readonly TcpListener _listener;

    internal TlsPair(TlsContext server, TlsContext? client = null)
    {
        ServerContext = server;
        ClientContext = client ?? Tls(Client);
        NetworkAddress address = SimulatedNetwork.Parse(Address);
        int fd = ListenSocket.Bind(Loop.Network.Sockets, address, new ListenSocketOptions(), out _);
        ListenSocket.Listen(Loop.Network.Sockets, fd, address, new ListenSocketOptions(), out _);
        _listener = new TcpListener(Loop.Dispatcher, fd, address, this);
    }

    /// <summary>A server with the ECDSA certificate; change with <c>with</c>.</summary>
    internal static TlsContextConfig Server { get; } = new() { Certificates = [TestCertificates.Ecdsa] };

    /// <summary>A client that trusts the test's authority.</summary>
    internal static TlsContextConfig Client { get; } =
        new() { IsServer = false, TrustedCa = TestCertificates.CaPem, VerifyMode = TlsVerifyMode.Required };

    internal SimulatedLoop Loop { get; } = new();

    internal TlsContext ServerContext { get; set; }

    internal TlsContext ClientContext { get; set; }

    internal TlsSessionCache? Sessions { get; set; }

    internal string? ServerName { get; set; } = "www.example.com";

    internal IReadOnlyList<string>? Alpn { get; set; }

    /// <summary>What the server does with what it is sent; by default it echoes.</summary>
    internal bool Echoes { get; set; } = true;

    internal Recorder ServerSide { get; private set; } = new();

    internal Recorder ClientSide { get; private set; } = new();

    internal Connection ServerConnection { get; private set; } = null!;

    internal Connection ClientConnection { get; private set; } = null!;

    internal TlsTransportSocket ServerTls => (TlsTransportSocket)ServerConnection.Transport;

    internal TlsTransportSocket ClientTls => (TlsTransportSocket)ClientConnection.Transport;

    internal static TlsContext Tls(TlsContextConfig config)
    {
        Assert.SkipUnless(OpenSslLibrary.IsAvailable, OpenSslLibrary.Problem ?? string.Empty);
        List<TlsContextError> errors = [];
        TlsContext? context = TlsContext.TryCreate(config, errors);
        Assert.Empty(errors);
        return context!;
    }

    /// <summary>Connects and runs until nothing more happens.</summary>
    internal TlsPair Connect()
    {
        StartConnect();
        Loop.RunUntilIdle();
        return this;
    }

    internal void StartConnect()
    {
        ClientSide = new Recorder();
        TlsTransportSocket socket = new(ClientContext, ServerName, Sessions, Alpn);
        ClientConnection = Connection.Connect(Loop.Dispatcher, SimulatedNetwork.Parse(Address), socket, ConnectOptions.Default);
        ClientConnection.AddReadFilter(ClientSide);
        ClientConnection.AddCallbacks(ClientSide);
    }

    /// <summary>A plain peer in the client's place.</summary>
    internal SimulatedPeer ConnectPlain()
    {
        SimulatedPeer peer = Loop.Network.Connect(Address);
        Loop.RunUntilIdle();
        return peer;
    }

    internal string RoundTrip(string text)
    {
        int before = ClientSide.Received.Length;
        Send(ClientConnection, text);
        Loop.RunUntilIdle();
        return ClientSide.Received[before..];
    }

    internal void Send(Connection connection, string text, bool endStream = false)
    {
        Buffer data = new(Loop.Dispatcher.Blocks);
        data.Append(Encoding.Latin1.GetBytes(text));
        connection.Write(data, endStream);
    }

    public void OnAccepted(int fd, NetworkAddress remote)
    {
        ServerConnection = new Connection(Loop.Dispatcher, fd, new TlsTransportSocket(ServerContext), _listener.AcceptedLocalAddress, remote);
        Recorder recorder = new();
        Connection connection = ServerConnection;
        if (Echoes)
        {
            recorder.TakesData = false;
            recorder.OnDataAction = (data, end) => connection.Write(data, end);
        }

        connection.AddReadFilter(recorder);
        connection.AddCallbacks(recorder);
        ServerSide = recorder;
        connection.Initialize();
    }

    public void OnAcceptFailed(int error) => Assert.Fail($"accept failed: {error}");

    public void Dispose()
    {
        Assert.Empty(Loop.Contained);
        Loop.Dispose();
    }
}
