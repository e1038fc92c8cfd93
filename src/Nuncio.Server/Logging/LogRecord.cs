using Microsoft.Extensions.Logging;

namespace Nuncio.Server.Logging;

/// <summary>One message on its way to the log. Immutable; made by the thread that logs, printed by the writer's.</summary>
/// <param name="UtcTicks">When.</param>
/// <param name="ThreadId">The system's id of the thread.</param>
/// <param name="Level">How bad.</param>
/// <param name="Component">Which logger.</param>
/// <param name="Event">Its event: the name stays the same from version to version, unlike a file and line.</param>
/// <param name="Message">The text, with the exception's behind it.</param>
internal readonly record struct LogRecord(long UtcTicks, int ThreadId, LogLevel Level, string Component, EventId Event, string Message);
