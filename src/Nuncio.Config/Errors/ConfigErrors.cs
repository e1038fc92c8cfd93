namespace Nuncio.Config.Errors;

/// <summary>
/// Collects every error of one load, so that a user mends them in one go. One per load; not shared between threads.
/// Bounded: a hostile file cannot make us hold a million messages.
/// </summary>
public sealed class ConfigErrors
{
    /// <summary>Errors kept; later ones are only counted.</summary>
    public const int Limit = 100;

    private readonly List<ConfigError> _errors = [];

    /// <summary>The errors in the order they were found.</summary>
    public IReadOnlyList<ConfigError> Items => _errors;

    /// <summary>All errors, the ones over <see cref="Limit"/> included.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the load must be refused.</summary>
    public bool Any => Count > 0;

    /// <summary>Adds one error.</summary>
    public void Add(ConfigError error)
    {
        Count++;
        if (_errors.Count < Limit)
        {
            _errors.Add(error);
        }
    }
}
