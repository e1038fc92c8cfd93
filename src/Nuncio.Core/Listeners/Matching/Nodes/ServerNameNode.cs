using Nuncio.Core.Streams;

namespace Nuncio.Core.Listeners.Matching.Nodes;

/// <summary>The server name, else the longest wildcard over it, else the chains that name none. Immutable; any thread.</summary>
internal sealed class ServerNameNode(ServerNameMap<FilterChainNode> names, FilterChainNode? others) : FilterChainNode
{
    internal override int Find(ConnectionInfo info) => Follow(names.Find(info.RequestedServerName) ?? others, info);
}
