using Microsoft.Extensions.Logging;

namespace Nuncio.Server.Overload;

/// <summary>What the log says of load and of threads that are stuck. Stateless.</summary>
internal static partial class OverloadLog
{
    [LoggerMessage(1300, LogLevel.Warning, "overload action {Action} is saturated")]
    internal static partial void ActionSaturated(this ILogger log, string action);

    [LoggerMessage(1301, LogLevel.Information, "overload action {Action} is saturated no more")]
    internal static partial void ActionRelaxed(this ILogger log, string action);

    [LoggerMessage(1302, LogLevel.Warning, "resource monitor {Resource} cannot be read: {Reason}")]
    internal static partial void ResourceUnreadable(this ILogger log, string resource, string reason);

    [LoggerMessage(1303, LogLevel.Warning, "{Thread} has not come back to its loop for {Milliseconds} ms\n{Report}")]
    internal static partial void ThreadStuck(this ILogger log, string thread, long milliseconds, string report);

    [LoggerMessage(1304, LogLevel.Critical, "{Reason}: the process ends now; {Thread} has been away for {Milliseconds} ms\n{Report}")]
    internal static partial void Killing(this ILogger log, string reason, string thread, long milliseconds, string report);

    [LoggerMessage(1305, LogLevel.Warning, "the stack of {Thread}:\n{Stack}")]
    internal static partial void Stack(this ILogger log, string thread, string stack);

    [LoggerMessage(1306, LogLevel.Warning, "the stack of {Thread} cannot be read: {Reason}")]
    internal static partial void NoStack(this ILogger log, string thread, string reason);
}
