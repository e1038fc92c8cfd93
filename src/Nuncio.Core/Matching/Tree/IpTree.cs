using Nuncio.IO.Sockets;

namespace Nuncio.Core.Matching.Tree;

/// <summary>
/// A map by the longest IP prefix around the input; where that leads to nothing, by the next shorter that is not exclusive.
/// Envoy: xds.type.matcher.v3.IPMatcher. Immutable; any thread.
/// </summary>
public sealed class IpTree<TInput, TAction> : InputTree<TInput, TAction>
    where TAction : class
{
    private readonly IpPrefixMap _prefixes;
    private readonly (OnMatch<TInput, TAction> OnMatch, bool Exclusive)[] _ranges;

    /// <summary>A tree of these ranges, in the order of the configuration.</summary>
    public IpTree(
        MatchInput<TInput> key, IReadOnlyList<(IpPrefix Prefix, OnMatch<TInput, TAction> OnMatch, bool Exclusive)> ranges, OnMatch<TInput, TAction>? onNoMatch)
        : base(key, onNoMatch)
    {
        var prefixes = new List<IpPrefix>(ranges.Count);
        _ranges = new (OnMatch<TInput, TAction>, bool)[ranges.Count];
        for (int i = 0; i < ranges.Count; i++)
        {
            prefixes.Add(ranges[i].Prefix);
            _ranges[i] = (ranges[i].OnMatch, ranges[i].Exclusive);
        }

        _prefixes = new IpPrefixMap(prefixes);
    }

    /// <inheritdoc/>
    protected override MatchOutcome Find(in InputValue value, in TInput input, ICollection<TAction>? skipped, out TAction? action)
    {
        action = null;
        if (!value.TryGetAddress(out NetworkAddress? address))
        {
            return MatchOutcome.NoMatch;
        }

        int longest = _prefixes.Find(address);
        for (int place = longest; place != IpPrefixMap.None; place = _prefixes.Around(place))
        {
            if (place == longest || !_ranges[place].Exclusive)
            {
                MatchOutcome outcome = OnMatch<TInput, TAction>.Follow(_ranges[place].OnMatch, in input, skipped, out action);
                if (outcome != MatchOutcome.NoMatch)
                {
                    return outcome;
                }
            }
        }

        return MatchOutcome.NoMatch;
    }
}
