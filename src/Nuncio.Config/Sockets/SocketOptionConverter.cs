using Google.Protobuf.Collections;
using Nuncio.Config.Errors;
using Nuncio.IO.Sockets;
using WireCore = Envoy.Config.Core.V3;

namespace Nuncio.Config.Sockets;

/// <summary>Wire socket options to ours. Stateless.</summary>
public static class SocketOptionConverter
{
    /// <summary>The options that apply to a stream socket of the address's family.</summary>
    public static IReadOnlyList<SocketOptionConfig> Convert(
        RepeatedField<WireCore.SocketOption> wire, NetworkAddress address, ConfigScope scope) =>
        [.. Convert(wire, scope).Where(option => option.OnlyFor is null || option.OnlyFor == address.Kind)];

    /// <summary>The options that apply to a datagram socket of the address's family.</summary>
    public static IReadOnlyList<SocketOptionConfig> ConvertForDatagrams(
        RepeatedField<WireCore.SocketOption> wire, NetworkAddress address, ConfigScope scope) =>
        [.. Convert(wire, scope, datagrams: true).Where(option => option.OnlyFor is null || option.OnlyFor == address.Kind)];

    /// <summary>The options that apply to a stream socket whose family is not known yet.</summary>
    public static IReadOnlyList<SocketOptionConfig> Convert(RepeatedField<WireCore.SocketOption> wire, ConfigScope scope) =>
        Convert(wire, scope, datagrams: false);

    private static List<SocketOptionConfig> Convert(RepeatedField<WireCore.SocketOption> wire, ConfigScope scope, bool datagrams)
    {
        var options = new List<SocketOptionConfig>(wire.Count);
        for (int i = 0; i < wire.Count; i++)
        {
            WireCore.SocketOption option = wire[i];
            if (datagrams ? option.Type is { Stream: not null, Datagram: null } : option.Type is { Stream: null, Datagram: not null })
            {
                continue;
            }

            if (option.Level is < int.MinValue or > int.MaxValue || option.Name is < int.MinValue or > int.MaxValue)
            {
                scope.Item(i).Error("level and name must be 32-bit numbers, as setsockopt(2) takes them");
                continue;
            }

            byte[] value = option.ValueCase == WireCore.SocketOption.ValueOneofCase.BufValue
                ? option.BufValue.ToByteArray()
                : BitConverter.GetBytes((int)option.IntValue);
            options.Add(new SocketOptionConfig((int)option.Level, (int)option.Name, value, (SocketState)option.State)
            {
                OnlyFor = KindOf(option.IpVersion),
            });
        }

        return options;
    }

    /// <summary>Keep-alive settings; null when the configuration says nothing.</summary>
    public static TcpKeepAliveConfig? KeepAlive(WireCore.TcpKeepalive? wire) =>
        wire is null ? null : new TcpKeepAliveConfig((int?)wire.KeepaliveProbes, (int?)wire.KeepaliveTime, (int?)wire.KeepaliveInterval);

    private static AddressKind? KindOf(WireCore.SocketOption.Types.SocketIpVersion version) => version switch
    {
        WireCore.SocketOption.Types.SocketIpVersion.Ipv4 => AddressKind.IPv4,
        WireCore.SocketOption.Types.SocketIpVersion.Ipv6 => AddressKind.IPv6,
        _ => null,
    };
}
