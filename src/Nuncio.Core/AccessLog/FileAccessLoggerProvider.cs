using Nuncio.Base.Stats;
using Nuncio.Core.Extensibility;
using Nuncio.Core.Formatting;

namespace Nuncio.Core.AccessLog;

/// <summary>An access log that goes to a file or a standard stream. Immutable, shared by workers.</summary>
public sealed class FileAccessLoggerProvider(AccessLogFile file, SubstitutionFormatter formatter, IAccessLogFilter? filter) : IAccessLoggerProvider
{
    /// <inheritdoc/>
    public IAccessLogger CreateForWorker(WorkerContext worker) => CreateForCell(worker.Stats);

    /// <summary>The same for the thread that <paramref name="cell"/>'s statistics belong to.</summary>
    public IAccessLogger CreateForCell(StatScope cell) => new FileAccessLogger(file.WriterOf(cell), formatter, filter);
}
