using Nuncio.Base.Buffers;

namespace Nuncio.Core.Formatting.Operators;

/// <summary>
/// <c>START_TIME</c>, <c>EMIT_TIME</c> and their <c>_LOCAL</c> forms, with a format or, without one, as ISO 8601 with
/// milliseconds in UTC.
/// </summary>
internal sealed class TimeOperator(bool emit, bool local, TimeFormat? format) : FormatOperator
{
    internal static FormatOperator? Create(bool emit, bool local, in OperatorArguments arguments, out string? error)
    {
        TimeFormat? format = null;
        error = null;
        if (arguments.Argument.Length > 0)
        {
            format = TimeFormat.TryParse(arguments.Argument, out error);
        }

        return error is null ? new TimeOperator(emit, local, format) : null;
    }

    internal override FormatValue Write(in FormatContext context, ByteWriter into)
    {
        long ticks = emit ? context.NowUtcTicks : context.Stream.StartUtcTicks;
        if (ticks == 0)
        {
            return FormatValue.Missing;
        }

        TimeSpan offset = local ? TimeZoneInfo.Local.GetUtcOffset(new DateTime(ticks, DateTimeKind.Utc)) : default;
        if (format is null)
        {
            IsoTime.Append(ticks, offset, into);
        }
        else
        {
            format.Append(ticks, offset, into);
        }

        return FormatValue.Text;
    }
}
