using Envoy.Config.Core.V3;
using Nuncio.IO.Sockets;

namespace Nuncio.Server.Admin.Handlers;

/// <summary>Addresses back into wire messages. Stateless.</summary>
internal static class WireAddress
{
    internal static Address Of(NetworkAddress address) => address.IsIp
        ? new Address { SocketAddress = new SocketAddress { Address = address.IpText, PortValue = (uint)address.Port } }
        : new Address { Pipe = new Pipe { Path = address.PipePath, Mode = (uint)address.PipeMode } };
}
