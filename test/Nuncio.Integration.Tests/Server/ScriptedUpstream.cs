using System.Net;
using System.Net.Sockets;

namespace Nuncio.Integration.Tests.Server;

/// <summary>An upstream that a test plays: it accepts when told to, and answers what it is told.</summary>
internal sealed class ScriptedUpstream : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    internal ScriptedUpstream()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _listener.ReceiveTimeout = (int)TestServer.Patience.TotalMilliseconds;
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>The next connection that the proxy makes.</summary>
    internal RawClient Accept()
    {
        Assert.True(_listener.Poll(TestServer.Patience, SelectMode.SelectRead), "the proxy made no connection");
        return new RawClient(_listener.Accept());
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}
