namespace Nuncio.Base.Stats;

/// <summary>The buckets of the histograms whose full name matches (<c>histogram_bucket_settings</c>). Immutable.</summary>
public sealed class HistogramBucketSettings
{
    private static readonly double[] s_default =
    [
        0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000,
    ];

    private readonly double[] _buckets;

    /// <summary>
    /// Buckets in any order, each above 0 and unique; an empty list means the default ones. <paramref name="bins"/> is Envoy's
    /// initial size of a thread's histogram; ours grow by decade, so that it has no effect.
    /// </summary>
    public HistogramBucketSettings(StatNamePattern match, ReadOnlySpan<double> buckets, int bins = 100)
    {
        Match = match;
        Bins = bins;
        _buckets = (buckets.IsEmpty ? s_default : buckets).ToArray();
        Array.Sort(_buckets);
        for (int i = 0; i < _buckets.Length; i++)
        {
            // Said the other way round so that NaN is refused too.
            if (!(_buckets[i] > (i == 0 ? 0 : _buckets[i - 1])))
            {
                throw new ArgumentException($"buckets must be above 0 and unique, found {_buckets[i]}", nameof(buckets));
            }
        }
    }

    /// <summary>The buckets of a histogram that no setting matches, in milliseconds for most.</summary>
    public static ReadOnlySpan<double> DefaultBuckets => s_default;

    /// <summary>Which full names, before tags are taken out.</summary>
    public StatNamePattern Match { get; }

    /// <summary>Upper bounds, ascending.</summary>
    public ReadOnlySpan<double> Buckets => _buckets;

    /// <summary>Accepted, without effect.</summary>
    public int Bins { get; }

    internal static double[] BucketsFor(string name, IReadOnlyList<HistogramBucketSettings> settings)
    {
        for (int i = 0; i < settings.Count; i++)
        {
            if (settings[i].Match.IsMatch(name))
            {
                return settings[i]._buckets;
            }
        }

        return s_default;
    }
}
