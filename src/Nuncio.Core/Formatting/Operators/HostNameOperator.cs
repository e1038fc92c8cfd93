using Nuncio.Base.Buffers;
using Nuncio.Core.Clusters;

namespace Nuncio.Core.Formatting.Operators;

/// <summary>
/// <c>UPSTREAM_HOST_NAME</c> and <c>UPSTREAM_HOST_NAME_WITHOUT_PORT</c>: the host's name, or its address when it has none.
/// </summary>
internal sealed class HostNameOperator(bool withoutPort) : FormatOperator
{
    internal override FormatValue Write(in FormatContext context, ByteWriter into)
    {
        if (context.Stream.UpstreamHost is not { } host)
        {
            return FormatValue.Missing;
        }

        ReadOnlySpan<byte> name = host.HostnameUtf8;
        if (name.IsEmpty)
        {
            into.Append(withoutPort ? host.Address.IpUtf8 : host.Address.Utf8);
            return FormatValue.Text;
        }

        if (withoutPort)
        {
            int colon = name.LastIndexOf((byte)':');
            if (colon > 0 && name[(colon + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0
                && (name[..colon].IndexOf((byte)':') < 0 || name[colon - 1] == (byte)']'))
            {
                name = name[..colon];
            }
        }

        into.Append(name);
        return FormatValue.Text;
    }
}
