using Nuncio.Base.Buffers;

namespace Nuncio.Core.Formatting.Operators;

/// <summary><c>UPSTREAM_CONNECTION_POOL_READY_DURATION</c>: the wait for an upstream connection, in milliseconds.</summary>
internal sealed class PoolReadyOperator : FormatOperator
{
    internal override FormatValue Write(in FormatContext context, ByteWriter into)
    {
        long nanos = context.Stream.PoolReadyNanos;
        if (nanos < 0)
        {
            return FormatValue.Missing;
        }

        into.Append(nanos / 1_000_000);
        return FormatValue.Json;
    }
}
