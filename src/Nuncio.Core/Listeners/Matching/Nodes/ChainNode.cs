using Nuncio.Core.Streams;

namespace Nuncio.Core.Listeners.Matching.Nodes;

/// <summary>The end of a search: a chain. Immutable; any thread.</summary>
internal sealed class ChainNode(int chain) : FilterChainNode
{
    internal override int Find(ConnectionInfo info) => chain;
}
