using System.Text;
using Nuncio.Core.Routing;

namespace Nuncio.Core.Matching.Tree;

/// <summary>
/// A map by the longest beginning of the input; where that leads to nothing, by the next shorter. Envoy:
/// MatcherTree.prefix_match_map. Immutable; any thread.
/// </summary>
/// <remarks>One look-up for each length of prefix that is configured, not for each prefix.</remarks>
public sealed class PrefixTree<TInput, TAction> : InputTree<TInput, TAction>
    where TAction : class
{
    private readonly (int Length, ByteMap<OnMatch<TInput, TAction>> Map)[] _byLength;

    /// <summary>A tree of these prefixes.</summary>
    public PrefixTree(MatchInput<TInput> key, IReadOnlyCollection<KeyValuePair<string, OnMatch<TInput, TAction>>> map, OnMatch<TInput, TAction>? onNoMatch)
        : base(key, onNoMatch)
    {
        var sorted = new SortedDictionary<int, List<(byte[] Prefix, OnMatch<TInput, TAction> OnMatch)>>();
        foreach ((string text, OnMatch<TInput, TAction> onMatch) in map)
        {
            byte[] prefix = Encoding.UTF8.GetBytes(text);
            if (!sorted.TryGetValue(prefix.Length, out List<(byte[] Prefix, OnMatch<TInput, TAction> OnMatch)>? same))
            {
                sorted.Add(prefix.Length, same = []);
            }

            same.Add((prefix, onMatch));
        }

        _byLength = new (int, ByteMap<OnMatch<TInput, TAction>>)[sorted.Count];
        int at = sorted.Count;
        foreach ((int length, List<(byte[] Prefix, OnMatch<TInput, TAction> OnMatch)> same) in sorted)
        {
            var prefixes = new ByteMap<OnMatch<TInput, TAction>>(same.Count);
            foreach ((byte[] prefix, OnMatch<TInput, TAction> onMatch) in same)
            {
                prefixes.TryAdd(prefix, onMatch);
            }

            _byLength[--at] = (length, prefixes);
        }
    }

    /// <inheritdoc/>
    protected override MatchOutcome Find(in InputValue value, in TInput input, ICollection<TAction>? skipped, out TAction? action)
    {
        ReadOnlySpan<byte> text = value.Text;
        foreach ((int length, ByteMap<OnMatch<TInput, TAction>> map) in _byLength)
        {
            if (length <= text.Length && map.Find(text[..length]) is { } onMatch)
            {
                MatchOutcome outcome = OnMatch<TInput, TAction>.Follow(onMatch, in input, skipped, out action);
                if (outcome != MatchOutcome.NoMatch)
                {
                    return outcome;
                }
            }
        }

        action = null;
        return MatchOutcome.NoMatch;
    }
}
