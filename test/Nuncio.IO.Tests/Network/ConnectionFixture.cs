using System.Text;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Network;

namespace Nuncio.IO.Tests.Network;

/// <summary>A listener over the simulated network; each accepted connection gets a <see cref="Recorder"/>.</summary>
internal sealed class ConnectionFixture : IListenerCallbacks, IDisposable
{
    private readonly Action<Connection>? _prepare;

    internal ConnectionFixture(Action<Connection>? prepare = null, int maxAccepts = 0)
    {
        _prepare = prepare;
        NetworkAddress address = SimulatedNetwork.Parse("127.0.0.1:80");
        int fd = ListenSocket.Bind(Loop.Network.Sockets, address, new ListenSocketOptions(), out string? error);
        Assert.Null(error);
        ListenSocket.Listen(Loop.Network.Sockets, fd, address, new ListenSocketOptions(), out error);
        Assert.Null(error);
        Listener = new TcpListener(Loop.Dispatcher, fd, address, this, maxAccepts);
    }

    internal SimulatedLoop Loop { get; } = new();

    internal TcpListener Listener { get; }

    internal List<Connection> Connections { get; } = [];

    internal List<Recorder> Recorders { get; } = [];

    internal FilterStatus FirstNewConnectionStatus { get; set; } = FilterStatus.Continue;

    internal Action<Connection>? OnConnected { get; set; }

    internal List<int> AcceptErrors { get; } = [];

    internal Connection Connection => Connections[0];

    internal Recorder Recorder => Recorders[0];

    public void OnAccepted(int fd, NetworkAddress remote)
    {
        Connection connection = new(Loop.Dispatcher, fd, new RawTransportSocket(), Listener.AcceptedLocalAddress, remote);
        Recorder recorder = new() { NewConnectionStatus = FirstNewConnectionStatus };
        connection.AddReadFilter(recorder);
        connection.AddCallbacks(recorder);
        if (OnConnected is { } onConnected)
        {
            recorder.OnEventAction = _ => onConnected(connection);
        }

        Connections.Add(connection);
        Recorders.Add(recorder);
        _prepare?.Invoke(connection);
        connection.Initialize();
    }

    public void OnAcceptFailed(int error) => AcceptErrors.Add(error);

    public void Dispose() => Loop.Dispose();

    internal SimulatedPeer Connect()
    {
        SimulatedPeer peer = Loop.Network.Connect("127.0.0.1:80");
        Loop.RunUntilIdle();
        return peer;
    }

    internal void Write(string text, bool endStream = false)
    {
        Buffer data = new(Loop.Dispatcher.Blocks);
        data.Append(Encoding.Latin1.GetBytes(text));
        Connection.Write(data, endStream);
    }

    internal void Write(int bytes) => Write(new string('x', bytes));
}
