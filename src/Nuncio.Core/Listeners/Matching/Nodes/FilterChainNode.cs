using Nuncio.Core.Streams;

namespace Nuncio.Core.Listeners.Matching.Nodes;

/// <summary>
/// One question of a <see cref="FilterChainIndex"/> with a node behind each answer; a missing node is "no chain". Immutable; any
/// thread.
/// </summary>
internal abstract class FilterChainNode
{
    /// <summary>The place of the chain, or <see cref="FilterChainSelector.Default"/>.</summary>
    internal abstract int Find(ConnectionInfo info);

    /// <summary>Goes on with an answer.</summary>
    protected static int Follow(FilterChainNode? next, ConnectionInfo info) => next is null ? FilterChainSelector.Default : next.Find(info);
}
