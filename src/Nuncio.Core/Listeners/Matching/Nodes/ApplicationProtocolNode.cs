using Nuncio.Core.Streams;

namespace Nuncio.Core.Listeners.Matching.Nodes;

/// <summary>The first protocol the client offers that some chain names, else the chains that name none. Immutable; any thread.</summary>
internal sealed class ApplicationProtocolNode(ProtocolMap protocols, FilterChainNode? others) : FilterChainNode
{
    internal override int Find(ConnectionInfo info)
    {
        IReadOnlyList<string> offered = info.ApplicationProtocols;
        for (int i = 0; i < offered.Count; i++)
        {
            if (protocols.TryFind(offered[i], out FilterChainNode? next))
            {
                return Follow(next, info);
            }
        }

        return Follow(others, info);
    }
}
