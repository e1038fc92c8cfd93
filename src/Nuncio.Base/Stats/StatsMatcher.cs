namespace Nuncio.Base.Stats;

/// <summary>Which stats are made (<c>stats_matcher</c>): asked once, when a name is first used. Immutable.</summary>
/// <remarks>A rejected stat's user gets a cell that works and is in no list.</remarks>
public sealed class StatsMatcher
{
    private readonly IReadOnlyList<StatNamePattern> _patterns;
    private readonly bool _rejectMatching;

    private StatsMatcher(IReadOnlyList<StatNamePattern> patterns, bool rejectMatching)
    {
        _patterns = patterns;
        _rejectMatching = rejectMatching;
    }

    /// <summary>Every stat is made.</summary>
    public static StatsMatcher AcceptAll { get; } = new([], rejectMatching: true);

    /// <summary>No stat is made (<c>reject_all: true</c>).</summary>
    public static StatsMatcher RejectAll { get; } = new([], rejectMatching: false);

    /// <summary>Only matching stats are made (<c>inclusion_list</c>).</summary>
    public static StatsMatcher Including(IReadOnlyList<StatNamePattern> patterns) => new(patterns, rejectMatching: false);

    /// <summary>All but matching stats are made (<c>exclusion_list</c>).</summary>
    public static StatsMatcher Excluding(IReadOnlyList<StatNamePattern> patterns) => new(patterns, rejectMatching: true);

    /// <summary>Whether a stat of this full name is not to be made.</summary>
    public bool Rejects(string name)
    {
        for (int i = 0; i < _patterns.Count; i++)
        {
            if (_patterns[i].IsMatch(name))
            {
                return _rejectMatching;
            }
        }

        return !_rejectMatching;
    }
}
