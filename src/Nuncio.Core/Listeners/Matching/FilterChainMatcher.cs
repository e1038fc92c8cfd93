using Nuncio.Core.Matching.Tree;
using Nuncio.Core.Streams;

namespace Nuncio.Core.Listeners.Matching;

/// <summary>
/// Chooses a filter chain by a unified matcher whose actions name chains. Envoy: listener.v3.Listener.filter_chain_matcher.
/// Immutable; any thread.
/// </summary>
public sealed class FilterChainMatcher(MatchTree<ConnectionInfo, NamedFilterChain> tree) : FilterChainSelector
{
    /// <inheritdoc/>
    public override int Select(ConnectionInfo info) =>
        tree.Match(in info, out NamedFilterChain? chain) == MatchOutcome.Matched ? chain!.Place : Default;
}
