namespace Nuncio.Core.Overload;

/// <summary>How far one kind of timeout may be shortened: to a time, or to a share of itself. Immutable.</summary>
/// <param name="Nanos"><c>min_timeout</c>; used when <paramref name="Share"/> is negative.</param>
/// <param name="Share"><c>min_scale</c>, 0 to 1; negative where a time is given.</param>
public readonly record struct ScaledTimerMinimum(long Nanos, double Share = -1)
{
    /// <summary>The least that a timeout of this length becomes.</summary>
    public long Of(long nanos) => Math.Clamp(Share >= 0 ? (long)(nanos * Share) : Nanos, 0, nanos);
}

/// <summary>The <see cref="ScaledTimerMinimum"/> of every kind that <c>reduce_timeouts</c> shortens. Immutable.</summary>
public sealed class ScaledTimerMinimums
{
    /// <summary>Shortens nothing.</summary>
    public static readonly ScaledTimerMinimums None = new(new Dictionary<ScaledTimerKind, ScaledTimerMinimum>());

    private readonly ScaledTimerMinimum?[] _byKind = new ScaledTimerMinimum?[(int)ScaledTimerKind.HttpDownstreamStreamFlush + 1];

    /// <summary>The kinds given and no others.</summary>
    public ScaledTimerMinimums(IReadOnlyDictionary<ScaledTimerKind, ScaledTimerMinimum> minimums)
    {
        foreach ((ScaledTimerKind kind, ScaledTimerMinimum minimum) in minimums)
        {
            _byKind[(int)kind] = minimum;
        }
    }

    /// <summary>The minimum of a kind; null when it is not shortened.</summary>
    public ScaledTimerMinimum? this[ScaledTimerKind kind] => _byKind[(int)kind];
}
