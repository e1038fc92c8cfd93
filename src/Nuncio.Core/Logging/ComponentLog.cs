using System.Runtime.CompilerServices;

namespace Nuncio.Core.Logging;

/// <summary>
/// One of Envoy's named loggers as Core sees it. Off, a message costs the look at one field, and its values are not even read:
/// <c>log.Debug(CoreEvents.NewConnection, $"[C{id}] ...")</c> needs no <c>if</c> around it.
/// </summary>
/// <remarks>
/// Any thread. Made once per process with the other <see cref="CoreLogs"/>; whoever owns the real loggers attaches, and says when the level
/// changes. Core does not know the logging library, as it knows no library.
/// </remarks>
public sealed class ComponentLog(string name)
{
    private volatile Sink? _debugSink;

    /// <summary>Takes a message.</summary>
    public delegate void Sink(LogEvent happened, string message);

    /// <summary>Envoy's name of the logger.</summary>
    public string Name { get; } = name;

    /// <summary>Whether messages for debugging go anywhere.</summary>
    public bool IsDebug => _debugSink is not null;

    /// <summary>Where messages for debugging go from now on; null nowhere.</summary>
    public void Switch(Sink? debugSink) => _debugSink = debugSink;

    /// <summary>Logs a message for debugging.</summary>
    public void Debug(LogEvent happened, [InterpolatedStringHandlerArgument("")] ref LogText text)
    {
        if (_debugSink is { } sink && text.IsWanted)
        {
            sink(happened, text.ToStringAndClear());
        }
    }
}
