using Microsoft.Extensions.Logging;

namespace Nuncio.Server.Reload;

/// <summary>What the log says of configuration reloads. Stateless.</summary>
internal static partial class ReloadLog
{
    [LoggerMessage(1100, LogLevel.Information, "reload ({Reason}): {Difference}")]
    internal static partial void Reloading(this ILogger log, string reason, string difference);

    [LoggerMessage(1101, LogLevel.Error, "reload ({Reason}) refused, the running configuration stays: {Error}")]
    internal static partial void ReloadRefused(this ILogger log, string reason, string error);

    [LoggerMessage(1102, LogLevel.Information, "reload ({Reason}): in effect")]
    internal static partial void Reloaded(this ILogger log, string reason);

    [LoggerMessage(1103, LogLevel.Information, "reload ({Reason}): waits for the clusters of the one before")]
    internal static partial void ReloadWaits(this ILogger log, string reason);

    [LoggerMessage(1104, LogLevel.Information, "watching '{Path}' for changes")]
    internal static partial void WatchingConfiguration(this ILogger log, string path);
}
