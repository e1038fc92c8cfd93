using Nuncio.Config.Errors;

namespace Nuncio.Config.Loading;

/// <summary>
/// What one load gathers while its sources are read and checked: errors, warnings, positions, and which places are known
/// to be wrong so that the rules do not complain about them a second time. One per load, one thread.
/// </summary>
internal sealed class LoadContext(LoadOptions options)
{
    // Past this many nobody reads on; the rest is counted.
    private const int Kept = 1000;

    private readonly List<ConfigError> _errors = [];
    private readonly HashSet<string> _failed = [];
    private readonly HashSet<string> _confused = [];
    private readonly HashSet<string> _optional = [];
    private readonly List<string> _sources = [];
    private int _dropped;

    /// <summary>How strictly to read.</summary>
    public LoadOptions Options { get; } = options;

    /// <summary>Positions of everything that was read, by path.</summary>
    public Dictionary<string, SourcePosition> Positions { get; } = [];

    /// <summary>Things that were let pass.</summary>
    public List<ConfigError> Warnings { get; } = [];

    /// <summary>Unknown fields that were let pass; more than <see cref="Warnings"/> keeps.</summary>
    public int UnknownFields { get; private set; }

    /// <summary>Whether anything was wrong so far.</summary>
    public bool HasErrors => _errors.Count > 0;

    /// <summary>Whether a source could not be read to its end, so that what seems missing may be in the rest.</summary>
    public bool SourceFailed { get; private set; }

    /// <summary>A source is about to be read.</summary>
    public void BeginSource(string source) => _sources.Add(source);

    /// <summary>A source could not be read to its end.</summary>
    public void Fault(SourceFault fault)
    {
        SourceFailed = true;
        Error(fault.Position, "", fault.Message);
    }

    /// <summary>Adds an error and marks <paramref name="path"/> as wrong.</summary>
    public void Error(SourcePosition? at, string path, string message)
    {
        _failed.Add(path);
        if (_errors.Count < Kept)
        {
            _errors.Add(new ConfigError(at, path, message));
        }
        else
        {
            _dropped++;
        }
    }

    /// <summary>A field that nobody knows: an error, or a warning when those are allowed.</summary>
    public void UnknownField(SourcePosition? at, string messagePath, string path, string message)
    {
        if (!Options.AllowUnknownFields)
        {
            _confused.Add(messagePath);
            Error(at, path, message);
            return;
        }

        UnknownFields++;
        if (Warnings.Count < ConfigErrors.Limit)
        {
            Warnings.Add(new ConfigError(at, path, message + "; ignored"));
        }
    }

    /// <summary>The <c>Any</c> at <paramref name="path"/> may be of a type that nobody knows (<c>is_optional</c>).</summary>
    public void AddOptional(string path) => _optional.Add(path);

    /// <summary>Whether the <c>Any</c> at <paramref name="path"/> may be of a type that nobody knows.</summary>
    public bool IsOptional(string path) => _optional.Contains(path);

    /// <summary>An optional extension that is left out: a warning.</summary>
    public void LetPass(SourcePosition? at, string path, string message)
    {
        if (Warnings.Count < ConfigErrors.Limit)
        {
            Warnings.Add(new ConfigError(at, path, message + "; left out, for it is optional"));
        }
    }

    /// <summary>Whether <paramref name="path"/> itself was already called wrong.</summary>
    public bool IsFailed(string path) => _failed.Contains(path);

    /// <summary>Whether the message at <paramref name="path"/> has a name nobody knows, so that what it seems to lack may be just that.</summary>
    public bool IsConfused(string path) => _confused.Contains(path);

    /// <summary>Hands all errors over, in the order they were read.</summary>
    public void Flush(ConfigErrors errors)
    {
        IEnumerable<ConfigError> sorted = _errors
            .OrderBy(e => _sources.IndexOf(e.Position?.Source ?? ""))
            .ThenBy(static e => e.Position?.Line ?? 0)
            .ThenBy(static e => e.Position?.Column ?? 0);
        ConfigError? last = null;
        foreach (ConfigError error in sorted)
        {
            errors.Add(error);
            last = error;
        }

        for (int i = 0; i < _dropped; i++)
        {
            errors.Add(last!);
        }
    }
}
