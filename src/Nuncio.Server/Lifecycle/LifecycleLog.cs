using Microsoft.Extensions.Logging;

namespace Nuncio.Server.Lifecycle;

/// <summary>What the log says of the process's life. Stateless.</summary>
internal static partial class LifecycleLog
{
    [LoggerMessage(1000, LogLevel.Information, "nuncio {Version} starts with {Workers} workers, {Files} descriptors at most, configuration {Source}")]
    internal static partial void Starting(this ILogger log, string version, int workers, long files, string source);

    [LoggerMessage(1001, LogLevel.Information, "all clusters are initialised; workers accept connections")]
    internal static partial void Serving(this ILogger log);

    [LoggerMessage(1002, LogLevel.Information, "listener '{Name}' on {Address}")]
    internal static partial void Listening(this ILogger log, string name, string address);

    [LoggerMessage(1003, LogLevel.Information, "admin on {Address}")]
    internal static partial void AdminListening(this ILogger log, string address);

    [LoggerMessage(1004, LogLevel.Information, "{Reason}: no new connections, requests in flight have {Seconds} s")]
    internal static partial void ShuttingDown(this ILogger log, string reason, double seconds);

    [LoggerMessage(1005, LogLevel.Information, "exiting: {Reason}")]
    internal static partial void Exiting(this ILogger log, string reason);

    [LoggerMessage(1006, LogLevel.Warning, "health checks fail from now on, as told")]
    internal static partial void HealthCheckFailed(this ILogger log);

    [LoggerMessage(1007, LogLevel.Warning, "health checks pass again, as told")]
    internal static partial void HealthCheckPassed(this ILogger log);

    [LoggerMessage(1008, LogLevel.Information, "log files are opened anew")]
    internal static partial void ReopeningLogs(this ILogger log);

    [LoggerMessage(1009, LogLevel.Warning, "options without effect in this version: {Options}")]
    internal static partial void OptionsWithoutEffect(this ILogger log, string options);

    [LoggerMessage(1010, LogLevel.Warning, "{Warning}")]
    internal static partial void ConfigurationWarning(this ILogger log, string warning);

    [LoggerMessage(1011, LogLevel.Information, "listeners drain for {Seconds} s, as told")]
    internal static partial void Draining(this ILogger log, double seconds);

    [LoggerMessage(1012, LogLevel.Information, "listeners stop accepting connections, as told")]
    internal static partial void StoppingListeners(this ILogger log);

    [LoggerMessage(1013, LogLevel.Error, "an exception was contained in {Thread}, {Where}")]
    internal static partial void ExceptionContained(this ILogger log, Exception exception, string thread, string where);

    [LoggerMessage(1014, LogLevel.Error, "{Message}")]
    internal static partial void BugReported(this ILogger log, string message);

    [LoggerMessage(1015, LogLevel.Critical, "an exception nobody handled ends the process")]
    internal static partial void Unhandled(this ILogger log, Exception exception);

    [LoggerMessage(1016, LogLevel.Error, "cannot write the admin address to {Path}: {Reason}")]
    internal static partial void AdminAddressNotWritten(this ILogger log, string path, string reason);

    [LoggerMessage(1017, LogLevel.Warning, "worker '{Name}' did not end in time")]
    internal static partial void WorkerStuck(this ILogger log, string name);

    [LoggerMessage(1018, LogLevel.Error, "listener '{Name}' cannot begin: {Error}")]
    internal static partial void ListenerFailed(this ILogger log, string name, string error);
}
