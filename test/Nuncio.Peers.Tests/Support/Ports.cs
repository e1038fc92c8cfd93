using System.Net;
using System.Net.Sockets;

namespace Nuncio.Peers.Tests.Support;

/// <summary>
/// Ports for programs that cannot be told to choose one themselves. A port was free a moment ago; the system hands out others
/// meanwhile, so that two tests do not get the same.
/// </summary>
internal static class Ports
{
    internal static int Free()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    internal static EndPoint Local(int port) => new IPEndPoint(IPAddress.Loopback, port);
}
