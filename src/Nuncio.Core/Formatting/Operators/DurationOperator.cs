using Nuncio.Base.Buffers;
using Nuncio.Core.Streams;

namespace Nuncio.Core.Formatting.Operators;

/// <summary>
/// The time between two points of a stream: <c>DURATION</c>, <c>REQUEST_DURATION</c> and its like, and
/// <c>COMMON_DURATION(START:END:PRECISION)</c>. Missing when a point was not reached or the end lies before the start.
/// </summary>
internal sealed class DurationOperator(TimePoint start, TimePoint end, long unitNanos = 1_000_000) : FormatOperator
{
    internal override FormatValue Write(in FormatContext context, ByteWriter into)
    {
        long from = At(start, context);
        long to = At(end, context);
        if (from == 0 || to == 0 || to < from)
        {
            return FormatValue.Missing;
        }

        into.Append((to - from) / unitNanos);
        return FormatValue.Json;
    }

    internal static FormatOperator? CreateCommon(in OperatorArguments arguments, out string? error)
    {
        string[] parts = arguments.Argument.Split(':');
        error = null;
        if (parts.Length is < 2 or > 3)
        {
            error = $"COMMON_DURATION({arguments.Argument}): expected START:END or START:END:PRECISION";
            return null;
        }

        long unit = parts.Length == 2 ? 1_000_000 : parts[2] switch { "ms" => 1_000_000, "us" => 1_000, "ns" => 1, _ => 0 };
        if (unit == 0)
        {
            error = $"COMMON_DURATION precision \"{parts[2]}\": expected ms, us or ns";
            return null;
        }

        if (!TryPoint(parts[0], out TimePoint start, ref error) || !TryPoint(parts[1], out TimePoint end, ref error))
        {
            return null;
        }

        return start == TimePoint.Never || end == TimePoint.Never ? MissingOperator.Instance : new DurationOperator(start, end, unit);
    }

    private static bool TryPoint(string name, out TimePoint point, ref string? error)
    {
        TimePoint? found = name switch
        {
            "DS_RX_BEG" => TimePoint.DownstreamRxBegin,
            "DS_RX_END" => TimePoint.DownstreamRxEnd,
            "US_TX_BEG" => TimePoint.UpstreamTxBegin,
            "US_TX_END" => TimePoint.UpstreamTxEnd,
            "US_RX_BEG" => TimePoint.UpstreamRxBegin,
            "US_RX_END" => TimePoint.UpstreamRxEnd,
            "DS_TX_BEG" => TimePoint.DownstreamTxBegin,
            "DS_TX_END" => TimePoint.DownstreamTxEnd,
            "US_HS_END" => TimePoint.Never,
            _ => null,
        };
        if (found is null)
        {
            error = name is "US_CX_BEG" or "US_CX_END" or "US_RX_BODY_BEG"
                ? $"COMMON_DURATION point {name} is not supported by this version"
                : $"COMMON_DURATION point \"{name}\" is not known: expected DS_RX_BEG, DS_RX_END, US_TX_BEG, US_TX_END, "
                    + "US_RX_BEG, US_RX_END, DS_TX_BEG or DS_TX_END";
        }

        point = found.GetValueOrDefault();
        return found is not null;
    }

    private static long At(TimePoint point, in FormatContext context)
    {
        StreamInfo info = context.Stream;
        return point switch
        {
            TimePoint.DownstreamRxBegin => info.StartNanos,
            TimePoint.DownstreamRxEnd => info.LastDownstreamRxNanos,
            TimePoint.UpstreamTxBegin => info.FirstUpstreamTxNanos,
            TimePoint.UpstreamTxEnd => info.LastUpstreamTxNanos,
            TimePoint.UpstreamRxBegin => info.FirstUpstreamRxNanos,
            TimePoint.UpstreamRxEnd => info.LastUpstreamRxNanos,
            TimePoint.DownstreamTxBegin => info.FirstDownstreamTxNanos,
            TimePoint.DownstreamTxEnd => info.LastDownstreamTxNanos,
            TimePoint.EndOrNow => info.EndNanos != 0 ? info.EndNanos : context.NowNanos,
            _ => 0,
        };
    }
}

/// <summary>A point in the life of a stream.</summary>
internal enum TimePoint : byte
{
    /// <summary>A point that is never reached here (TLS upstream).</summary>
    Never,

    /// <summary>The first byte of the request.</summary>
    DownstreamRxBegin,

    /// <summary>The last byte of the request.</summary>
    DownstreamRxEnd,

    /// <summary>The first byte sent upstream.</summary>
    UpstreamTxBegin,

    /// <summary>The last byte sent upstream.</summary>
    UpstreamTxEnd,

    /// <summary>The first byte of the response.</summary>
    UpstreamRxBegin,

    /// <summary>The last byte of the response.</summary>
    UpstreamRxEnd,

    /// <summary>The first byte sent downstream.</summary>
    DownstreamTxBegin,

    /// <summary>The last byte sent downstream.</summary>
    DownstreamTxEnd,

    /// <summary>The end of the stream, or now while it lives.</summary>
    EndOrNow,
}
