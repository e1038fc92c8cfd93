using Nuncio.IO.Sockets;

namespace Nuncio.Core.HttpConnection;

/// <summary>Which remote addresses are ours: <c>internal_address_config</c>. Immutable; any thread.</summary>
/// <param name="unixSockets">Whether a peer on a Unix domain socket is internal.</param>
/// <param name="ranges">Address ranges that are internal.</param>
public sealed class InternalAddresses(bool unixSockets, IReadOnlyList<CidrRange> ranges)
{
    /// <summary>Whether the address is internal.</summary>
    public bool Contains(NetworkAddress address)
    {
        if (!address.IsIp)
        {
            return unixSockets;
        }

        for (int i = 0; i < ranges.Count; i++)
        {
            if (ranges[i].Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
