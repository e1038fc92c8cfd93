using Nuncio.Core.Streams;

namespace Nuncio.Core.Listeners.Matching.Nodes;

/// <summary>The destination's or the source's port, else the chains that name none. Immutable; any thread.</summary>
internal sealed class PortNode(bool isSource, Dictionary<int, FilterChainNode?> ports, FilterChainNode? others) : FilterChainNode
{
    internal override int Find(ConnectionInfo info)
    {
        int port = (isSource ? info.RemoteAddress : info.LocalAddress).Port;
        return Follow(ports.TryGetValue(port, out FilterChainNode? next) ? next : others, info);
    }
}
