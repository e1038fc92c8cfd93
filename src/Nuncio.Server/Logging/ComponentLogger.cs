using Microsoft.Extensions.Logging;
using Nuncio.Base.Time;

namespace Nuncio.Server.Logging;

/// <summary>One named logger with a level of its own. Any thread; lives as long as its <see cref="LogRegistry"/>.</summary>
internal sealed class ComponentLogger(string name, LogRegistry registry) : ILogger
{
    private volatile LogLevel _level = registry.DefaultLevel;

    /// <summary>The weakest level that is printed.</summary>
    internal LogLevel Level
    {
        get => _level;
        set => _level = value;
    }

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= _level && logLevel != LogLevel.None;

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        string message = formatter(state, exception);
        if (exception is not null)
        {
            message += "\n" + exception;
        }

        registry.Writer.Add(new LogRecord(registry.Clock.UtcTicks, ThreadNumber.Current, logLevel, name, eventId, message));
    }
}
