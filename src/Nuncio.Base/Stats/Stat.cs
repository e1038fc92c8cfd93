namespace Nuncio.Base.Stats;

/// <summary>One statistic of the store: its name, its tags, and (in the derived types) its cells.</summary>
/// <remarks>
/// Made by the store when a scope first asks for the name, dropped from it when the last scope that asked is disposed. Names and
/// tags are immutable; values may be read by any thread.
/// </remarks>
public abstract class Stat
{
    private readonly StatTag[] _tags;

    private protected Stat(in StatIdentity identity)
    {
        Name = identity.Name;
        TagExtractedName = identity.TagExtractedName;
        _tags = identity.Tags;
    }

    /// <summary>The full name, for example <c>cluster.backend.upstream_cx_total</c>.</summary>
    public string Name { get; }

    /// <summary>The name without what became tags, for example <c>cluster.upstream_cx_total</c>.</summary>
    public string TagExtractedName { get; }

    /// <summary>Fixed tags first, then extracted ones in the order of their extractors.</summary>
    public ReadOnlySpan<StatTag> Tags => _tags;

    /// <summary>The kind.</summary>
    public abstract StatKind Kind { get; }

    /// <summary>
    /// Whether it was ever incremented, set or (once flushed) recorded: what <c>usedonly</c> and the sinks ask.
    /// </summary>
    public abstract bool Used { get; }

    /// <summary>Whether it is left out unless asked for with <c>hidden=include</c>.</summary>
    public virtual bool Hidden => false;

    /// <summary>Scopes that hold it. Guarded by the store's lock.</summary>
    internal int Holders { get; set; }
}

/// <summary>What tag extraction made of a full name.</summary>
internal readonly record struct StatIdentity(string Name, string TagExtractedName, StatTag[] Tags);
