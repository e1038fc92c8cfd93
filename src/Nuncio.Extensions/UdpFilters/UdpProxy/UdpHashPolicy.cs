using System.Text;
using Nuncio.Core.Matching;
using Nuncio.IO.Udp;

namespace Nuncio.Extensions.UdpFilters.UdpProxy;

/// <summary>What hashing load balancers go by: the client's IP, or a text that is the same for all. Immutable, any thread.</summary>
public sealed class UdpHashPolicy
{
    private readonly ulong? _fixed;

    private UdpHashPolicy(ulong? hash) => _fixed = hash;

    /// <summary><c>source_ip</c>: by the text of the IP, as Envoy does.</summary>
    public static UdpHashPolicy SourceIp { get; } = new(null);

    /// <summary><c>key</c>: all clients alike.</summary>
    public static UdpHashPolicy Key(string key) => new(XxHash64.Hash(Encoding.UTF8.GetBytes(key)));

    /// <summary>The hash for a client. Makes an address where it goes by that.</summary>
    public ulong HashOf(in DatagramAddress peer) => _fixed ?? XxHash64.Hash(peer.ToNetworkAddress().IpUtf8);
}
