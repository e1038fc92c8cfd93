using Nuncio.Core.Matching;
using Nuncio.Core.Streams;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Listeners.Matching.Nodes;

/// <summary>The longest prefix around an address, else the chains that name none. Immutable; any thread.</summary>
internal sealed class AddressNode(MatchQuestion question, IpPrefixMap prefixes, FilterChainNode?[] nodes, FilterChainNode? others) : FilterChainNode
{
    // Envoy: what a pipe is taken for.
    private static readonly NetworkAddress s_pipe = NetworkAddress.FromIPv4(uint.MaxValue, 0);

    internal override int Find(ConnectionInfo info)
    {
        NetworkAddress address = question switch
        {
            MatchQuestion.Destination => info.LocalAddress,
            MatchQuestion.DirectSource => info.DirectRemoteAddress,
            _ => info.RemoteAddress,
        };
        int place = prefixes.Find(address.IsIp ? address : s_pipe);
        return Follow(place == IpPrefixMap.None ? others : nodes[place], info);
    }
}
