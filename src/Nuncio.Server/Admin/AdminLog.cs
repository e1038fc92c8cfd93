using Microsoft.Extensions.Logging;

namespace Nuncio.Server.Admin;

/// <summary>What the log says of the admin server. Stateless.</summary>
internal static partial class AdminLog
{
    [LoggerMessage(1100, LogLevel.Error, "admin path \"{Path}\" mutates state, method={Method} rather than POST")]
    internal static partial void WrongMethod(this ILogger log, string path, string method);
}
