using Nuncio.Core.Listeners.Matching.Nodes;
using Nuncio.Core.Streams;

namespace Nuncio.Core.Listeners.Matching;

/// <summary>
/// All filter chain matches of a listener, compiled: what a choice costs does not depend on how many chains there are. Envoy:
/// listener.v3.FilterChainMatch. Immutable; any thread; a search allocates nothing.
/// </summary>
/// <remarks>
/// Nine questions in a fixed order: destination port, destination address, server name, transport protocol, application protocol,
/// direct source address, source type, source address, source port. Each goes on with the most specific answer that some chain
/// gives and forgets the others: there is no way back, so a connection may find nothing although a less specific chain would have
/// taken it (Envoy). Questions that no chain left asks are not in the tree.
/// </remarks>
public sealed class FilterChainIndex : FilterChainSelector
{
    private readonly FilterChainNode? _root;

    private FilterChainIndex(FilterChainNode? root) => _root = root;

    /// <summary>Compiles the matches of a listener's chains in their order; null is a chain that asks for nothing.</summary>
    /// <param name="matches">One for each chain.</param>
    /// <param name="overlaps">Gets the chains that cannot be told apart (up to a hundred); the earlier one is taken.</param>
    /// <returns>Null when the lists of the matches multiply to more combinations than any use needs.</returns>
    public static FilterChainIndex? Build(IReadOnlyList<FilterChainMatchConfig?> matches, ICollection<FilterChainOverlap>? overlaps = null)
    {
        var builder = new FilterChainIndexBuilder(matches);
        FilterChainNode? root = builder.Build();
        foreach (FilterChainOverlap overlap in builder.Overlaps)
        {
            overlaps?.Add(overlap);
        }

        return builder.IsTooLarge ? null : new FilterChainIndex(root);
    }

    /// <summary>The place of the chain for a connection, or <see cref="FilterChainSelector.Default"/>.</summary>
    public int Find(ConnectionInfo info) => _root is null ? Default : _root.Find(info);

    /// <inheritdoc/>
    public override int Select(ConnectionInfo info) => Find(info);
}
