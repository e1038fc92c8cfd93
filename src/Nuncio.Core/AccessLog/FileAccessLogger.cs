using Nuncio.Core.Formatting;

namespace Nuncio.Core.AccessLog;

/// <summary>One worker's logger to a file. Owner: that worker.</summary>
internal sealed class FileAccessLogger(AccessLogWriter writer, SubstitutionFormatter formatter, IAccessLogFilter? filter) : IAccessLogger
{
    /// <inheritdoc/>
    public void Log(in FormatContext context)
    {
        if (filter is null || filter.Passes(context))
        {
            writer.Write(formatter, context);
        }
    }
}
