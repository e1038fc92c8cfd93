using Nuncio.Core.Streams;

namespace Nuncio.Core.Listeners.Matching.Nodes;

/// <summary>The transport protocol, else the chains that name none. Immutable; any thread.</summary>
internal sealed class TransportProtocolNode(ProtocolMap protocols, FilterChainNode? others) : FilterChainNode
{
    internal override int Find(ConnectionInfo info)
    {
        string protocol = info.TransportProtocol.Length == 0 ? "raw_buffer" : info.TransportProtocol;
        return Follow(protocols.TryFind(protocol, out FilterChainNode? next) ? next : others, info);
    }
}
