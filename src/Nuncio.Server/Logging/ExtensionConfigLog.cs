using Microsoft.Extensions.Logging;
using Nuncio.Config.ExtensionConfigs;

namespace Nuncio.Server.Logging;

/// <summary>What the log says of filters whose configuration is discovered. Main thread; made once by the composition.</summary>
internal sealed partial class ExtensionConfigLog(ILogger log) : IExtensionConfigLog
{
    /// <inheritdoc/>
    public void Updated(string filter, string path) => InEffect(log, filter, path);

    /// <inheritdoc/>
    public void Refused(string filter, string error) => NotTaken(log, filter, error);

    /// <inheritdoc/>
    public void Warned(string filter, string warning) => LetPass(log, filter, warning);

    [LoggerMessage(1120, LogLevel.Information, "filter '{Filter}': configuration of '{Path}' is in effect")]
    private static partial void InEffect(ILogger log, string filter, string path);

    [LoggerMessage(1121, LogLevel.Error, "filter '{Filter}': configuration refused, what was in effect stays: {Error}")]
    private static partial void NotTaken(ILogger log, string filter, string error);

    [LoggerMessage(1122, LogLevel.Warning, "filter '{Filter}': {Warning}")]
    private static partial void LetPass(ILogger log, string filter, string warning);
}
