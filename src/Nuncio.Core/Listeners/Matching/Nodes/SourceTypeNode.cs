using Nuncio.Core.Streams;

namespace Nuncio.Core.Listeners.Matching.Nodes;

/// <summary>Chains for clients on this machine or for those elsewhere, else the chains that do not say. Immutable; any thread.</summary>
internal sealed class SourceTypeNode(FilterChainNode? local, FilterChainNode? external, FilterChainNode? others) : FilterChainNode
{
    internal override int Find(ConnectionInfo info) => Follow((ConnectionSource.IsLocal(info) ? local : external) ?? others, info);
}
