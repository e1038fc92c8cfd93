using Nuncio.Base.Buffers;
using Nuncio.Core.Streams;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Formatting.Operators;

/// <summary>Operators that print an address, its IP or its port.</summary>
internal sealed class AddressOperator(AddressField field, AddressPart part) : FormatOperator
{
    internal override FormatValue Write(in FormatContext context, ByteWriter into)
    {
        if (Find(context.Stream) is not { } address)
        {
            return FormatValue.Missing;
        }

        switch (part)
        {
            case AddressPart.Whole:
                into.Append(address.Utf8);
                return FormatValue.Text;
            case AddressPart.Ip:
                into.Append(address.IpUtf8);
                return FormatValue.Text;
            default:
                if (!address.IsIp)
                {
                    return FormatValue.Missing;
                }

                into.Append((long)address.Port);
                return FormatValue.Json;
        }
    }

    private NetworkAddress? Find(StreamInfo info) => field switch
    {
        AddressField.DownstreamRemote => info.DownstreamRemoteAddress,
        AddressField.DownstreamDirectRemote => info.DownstreamDirectRemoteAddress,
        AddressField.DownstreamLocal => info.DownstreamLocalAddress,
        AddressField.DownstreamDirectLocal => info.DownstreamDirectLocalAddress,
        AddressField.UpstreamLocal => info.UpstreamLocalAddress,
        AddressField.UpstreamRemote => info.UpstreamRemoteAddress ?? info.UpstreamHost?.Address,
        _ => info.UpstreamHost?.Address,
    };
}

/// <summary>Whose address.</summary>
internal enum AddressField : byte
{
    /// <summary>The client, as policy sees it.</summary>
    DownstreamRemote,

    /// <summary>The peer of the downstream connection.</summary>
    DownstreamDirectRemote,

    /// <summary>Ours, as restored.</summary>
    DownstreamLocal,

    /// <summary>Ours, of the connection itself.</summary>
    DownstreamDirectLocal,

    /// <summary>Ours on the upstream connection.</summary>
    UpstreamLocal,

    /// <summary>The other end of the upstream connection.</summary>
    UpstreamRemote,

    /// <summary>The upstream host, which may have more addresses than the one that names it.</summary>
    UpstreamHost,
}

/// <summary>What of it.</summary>
internal enum AddressPart : byte
{
    /// <summary>With port.</summary>
    Whole,

    /// <summary>Without port; the path of a pipe.</summary>
    Ip,

    /// <summary>The port as a number; missing for pipes.</summary>
    Port,
}
