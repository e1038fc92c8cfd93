using Microsoft.Extensions.Logging;
using Nuncio.Base.Time;
using Nuncio.Core.Logging;

namespace Nuncio.Server.Logging;

/// <summary>
/// All loggers of the process, by name, with levels that can be changed while running. The program's logger factory.
/// </summary>
/// <remarks>
/// One per process (tests: one per server). Any thread. It implements the interfaces of Microsoft.Extensions.Logging itself: the
/// factory of that library would bring options, dependency injection and filters that nothing here uses.
/// </remarks>
public sealed class LogRegistry : ILoggerFactory
{
    private readonly SortedDictionary<string, ComponentLogger> _loggers = new(StringComparer.Ordinal);

    /// <summary>Loggers that print to <paramref name="writer"/> from <paramref name="level"/> on.</summary>
    public LogRegistry(LogWriter writer, Clock clock, LogLevel level)
    {
        Writer = writer;
        Clock = clock;
        DefaultLevel = level;
        foreach (string name in LogComponents.All)
        {
            _loggers.Add(name, new ComponentLogger(name, this));
        }

        foreach (ComponentLog log in Core.All)
        {
            _loggers[log.Name].Attach(log);
        }
    }

    /// <summary>What Core logs to: lent to workers, switched with the loggers of the same names.</summary>
    public CoreLogs Core { get; } = new();

    /// <summary>Where messages go.</summary>
    public LogWriter Writer { get; }

    internal Clock Clock { get; }

    internal LogLevel DefaultLevel { get; }

    /// <summary>Names and levels, in order of the names.</summary>
    public IEnumerable<KeyValuePair<string, LogLevel>> Levels => _loggers.Select(l => new KeyValuePair<string, LogLevel>(l.Key, l.Value.Level));

    /// <summary>The logger of a name; one that nobody knows writes as <c>misc</c>, so that nothing is lost.</summary>
    public ILogger CreateLogger(string categoryName) => _loggers.GetValueOrDefault(categoryName) ?? _loggers["misc"];

    /// <summary>Changes the level of all loggers.</summary>
    public void SetAll(LogLevel level)
    {
        foreach (ComponentLogger logger in _loggers.Values)
        {
            logger.Level = level;
        }
    }

    /// <summary>Changes the level of one logger; false when there is none of that name.</summary>
    public bool TrySet(string name, LogLevel level)
    {
        if (!_loggers.TryGetValue(name, out ComponentLogger? logger))
        {
            return false;
        }

        logger.Level = level;
        return true;
    }

    /// <summary>Not used: there is one provider, built in.</summary>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose() => Writer.Dispose();
}
