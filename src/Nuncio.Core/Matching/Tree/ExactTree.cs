using System.Text;
using Nuncio.Core.Routing;

namespace Nuncio.Core.Matching.Tree;

/// <summary>A map by the whole input. Envoy: MatcherTree.exact_match_map. Immutable; any thread.</summary>
public sealed class ExactTree<TInput, TAction> : InputTree<TInput, TAction>
    where TAction : class
{
    private readonly ByteMap<OnMatch<TInput, TAction>> _map;

    /// <summary>A tree of these texts.</summary>
    public ExactTree(MatchInput<TInput> key, IReadOnlyCollection<KeyValuePair<string, OnMatch<TInput, TAction>>> map, OnMatch<TInput, TAction>? onNoMatch)
        : base(key, onNoMatch)
    {
        _map = new ByteMap<OnMatch<TInput, TAction>>(map.Count);
        foreach ((string text, OnMatch<TInput, TAction> onMatch) in map)
        {
            _map.TryAdd(Encoding.UTF8.GetBytes(text), onMatch);
        }
    }

    /// <inheritdoc/>
    protected override MatchOutcome Find(in InputValue value, in TInput input, ICollection<TAction>? skipped, out TAction? action) =>
        OnMatch<TInput, TAction>.Follow(_map.Find(value.Text), in input, skipped, out action);
}
