using Nuncio.Core.Extensibility;

namespace Nuncio.Core.AccessLog;

/// <summary>One configured access log, shared by workers; immutable.</summary>
public interface IAccessLoggerProvider
{
    /// <summary>The logger of one worker; called on that worker's thread when the configuration is published.</summary>
    IAccessLogger CreateForWorker(WorkerContext worker);
}
