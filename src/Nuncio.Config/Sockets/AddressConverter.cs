using Nuncio.Config.Errors;
using Nuncio.IO.Sockets;
using WireCore = Envoy.Config.Core.V3;

namespace Nuncio.Config.Sockets;

/// <summary>Wire address to <see cref="NetworkAddress"/>. Stateless.</summary>
public static class AddressConverter
{
    /// <summary>Converts an address that names an IP or a pipe; null after an error.</summary>
    /// <param name="allowsUdp">Whether the protocol may be UDP.</param>
    public static NetworkAddress? Convert(WireCore.Address wire, ConfigScope scope, bool allowsUdp = false)
    {
        switch (wire.AddressCase)
        {
            case WireCore.Address.AddressOneofCase.SocketAddress:
                return Socket(wire.SocketAddress, scope.Field("socket_address"), allowsUdp);
            case WireCore.Address.AddressOneofCase.Pipe:
                return Pipe(wire.Pipe, scope.Field("pipe"));
            default:
                scope.Error("names neither socket_address nor pipe; expected one of them");
                return null;
        }
    }

    private static NetworkAddress? Socket(WireCore.SocketAddress wire, ConfigScope scope, bool allowsUdp)
    {
        if (!allowsUdp && wire.Protocol == WireCore.SocketAddress.Types.Protocol.Udp)
        {
            scope.Field("protocol").Error("found UDP, which cannot stand here; expected TCP");
            return null;
        }

        if (!NetworkAddress.TryParseIp(wire.Address, (int)wire.PortValue, out NetworkAddress? address))
        {
            scope.Field("address").Error($"found \"{wire.Address}\", expected an IPv4 or IPv6 address such as 127.0.0.1 or ::1");
            return null;
        }

        return address;
    }

    private static NetworkAddress? Pipe(WireCore.Pipe wire, ConfigScope scope)
    {
        int bytes = System.Text.Encoding.UTF8.GetByteCount(wire.Path);
        if (bytes > NetworkAddress.MaxPathBytes)
        {
            scope.Field("path").Error($"is {bytes} bytes long, expected at most {NetworkAddress.MaxPathBytes}");
            return null;
        }

        return NetworkAddress.FromPipe(wire.Path, (int)wire.Mode);
    }
}
