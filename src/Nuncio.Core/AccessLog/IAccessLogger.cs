using Nuncio.Core.Formatting;

namespace Nuncio.Core.AccessLog;

/// <summary>
/// One configured access log with its filter, on one worker. Formatting happens on the worker, the write to the file on the
/// flusher's thread.
/// </summary>
public interface IAccessLogger
{
    /// <summary>Writes an entry if the filter lets it pass. Must not allocate in steady state.</summary>
    void Log(in FormatContext context);
}
