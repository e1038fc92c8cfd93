using Microsoft.Extensions.Logging;

namespace Nuncio.Server.HotRestart;

/// <summary>What the log says of hot restarts. Stateless.</summary>
internal static partial class RestartLog
{
    [LoggerMessage(1200, LogLevel.Warning, "hot restart is off: {Reason}; --base-id tells instances of one host apart, --disable-hot-restart says that this is wanted")]
    internal static partial void RestartIsOff(this ILogger log, string reason);

    [LoggerMessage(1201, LogLevel.Warning, "{Reason}; starting cold, as --skip-hot-restart-on-no-parent says")]
    internal static partial void StartingCold(this ILogger log, string reason);

    [LoggerMessage(1202, LogLevel.Information, "epoch {Epoch} takes over from process {Parent}: {Sockets} listening sockets")]
    internal static partial void TakingOver(this ILogger log, uint epoch, int parent, int sockets);

    [LoggerMessage(1203, LogLevel.Information, "process {Parent} is told to drain")]
    internal static partial void TellingParentToDrain(this ILogger log, int parent);

    [LoggerMessage(1204, LogLevel.Information, "process {Parent} is told to end")]
    internal static partial void TerminatingParent(this ILogger log, int parent);

    [LoggerMessage(1205, LogLevel.Warning, "process {Parent}, from which this one took over, is gone")]
    internal static partial void ParentGone(this ILogger log, int parent);

    [LoggerMessage(1206, LogLevel.Warning, "the process that this one took over from refuses: {Reason}")]
    internal static partial void ParentRefuses(this ILogger log, string reason);

    [LoggerMessage(1207, LogLevel.Information, "process {Child} of epoch {Epoch} starts in our place")]
    internal static partial void ChildStarts(this ILogger log, long child, long epoch);

    [LoggerMessage(1208, LogLevel.Information, "process {Child} has taken over: this one drains")]
    internal static partial void ChildTookOver(this ILogger log, long child);

    [LoggerMessage(1209, LogLevel.Warning, "process {Child} died before it took over; this one goes on")]
    internal static partial void ChildDied(this ILogger log, long child);

    [LoggerMessage(1210, LogLevel.Warning, "process {Child}, which took over, is gone; this one goes on draining")]
    internal static partial void SuccessorDied(this ILogger log, long child);

    [LoggerMessage(1211, LogLevel.Information, "told to replace itself by {Command}")]
    internal static partial void Upgrading(this ILogger log, string command);

    [LoggerMessage(1212, LogLevel.Warning, "upgrade failed: {Reason}")]
    internal static partial void UpgradeFailed(this ILogger log, string reason);

    [LoggerMessage(1213, LogLevel.Warning, "inherited socket on {Address} is used by no listener and was closed")]
    internal static partial void SocketNotUsed(this ILogger log, string address);

    [LoggerMessage(1214, LogLevel.Error, "cannot write the base id to {Path}: {Reason}")]
    internal static partial void BaseIdNotWritten(this ILogger log, string path, string reason);

    [LoggerMessage(1215, LogLevel.Information, "{Count} listening sockets came with the start")]
    internal static partial void SocketsActivated(this ILogger log, int count);
}
