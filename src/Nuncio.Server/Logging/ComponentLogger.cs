using Microsoft.Extensions.Logging;
using Nuncio.Core.Logging;

namespace Nuncio.Server.Logging;

/// <summary>One named logger with a level of its own. Any thread; lives as long as its <see cref="LogRegistry"/>.</summary>
internal sealed class ComponentLogger(string name, LogRegistry registry) : ILogger
{
    private volatile LogLevel _level = registry.DefaultLevel;
    private ComponentLog? _core;

    /// <summary>The weakest level that is printed.</summary>
    internal LogLevel Level
    {
        get => _level;
        set
        {
            _level = value;
            SwitchCore();
        }
    }

    /// <summary>Prints what Core logs under this name, too. Before anything runs.</summary>
    internal void Attach(ComponentLog core)
    {
        _core = core;
        SwitchCore();
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

        Add(logLevel, eventId, message);
    }

    private void SwitchCore() => _core?.Switch(IsEnabled(LogLevel.Debug) ? AddDebug : null);

    private void AddDebug(LogEvent happened, string message) => Add(LogLevel.Debug, new EventId(happened.Id, happened.Name), message);

    private void Add(LogLevel logLevel, EventId eventId, string message) =>
        registry.Writer.Add(new LogRecord(registry.Clock.UtcTicks, ThreadNumber.Current, logLevel, name, eventId, message));
}
