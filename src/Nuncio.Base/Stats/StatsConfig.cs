namespace Nuncio.Base.Stats;

/// <summary>How stats are named, filtered and bucketed (<c>stats_config</c> of the bootstrap). Immutable.</summary>
public sealed record StatsConfig
{
    /// <summary>Tags beside the default ones (<c>stats_tags</c>), and those of the command line before them.</summary>
    public IReadOnlyList<TagSpecifier> Tags { get; init; } = [];

    /// <summary>Whether all default tags are extracted (<c>use_all_default_tags</c>). Default true.</summary>
    public bool UseAllDefaultTags { get; init; } = true;

    /// <summary>Which stats exist at all (<c>stats_matcher</c>). Default all.</summary>
    public StatsMatcher Matcher { get; init; } = StatsMatcher.AcceptAll;

    /// <summary>Buckets by name (<c>histogram_bucket_settings</c>); the first match counts, else the default buckets.</summary>
    public IReadOnlyList<HistogramBucketSettings> HistogramBuckets { get; init; } = [];
}
