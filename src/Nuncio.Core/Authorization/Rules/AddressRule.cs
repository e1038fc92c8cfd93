using Nuncio.Core.Matching;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Authorization.Rules;

/// <summary>
/// Holds when an address lies in one of several blocks; never for a pipe. Its cost does not grow with their number. Immutable; any thread.
/// </summary>
public sealed class AddressRule : AuthorizationRule
{
    private readonly IpPrefix _only;
    private readonly IpPrefixMap? _many;

    /// <summary>A rule on one of the addresses.</summary>
    public AddressRule(AuthorizationAddress address, IReadOnlyList<IpPrefix> blocks)
    {
        ArgumentOutOfRangeException.ThrowIfZero(blocks.Count);
        Address = address;
        Blocks = blocks;
        _only = blocks[0];
        _many = blocks.Count > 1 ? new IpPrefixMap(blocks) : null;
    }

    /// <summary>Which address it looks at.</summary>
    public AuthorizationAddress Address { get; }

    /// <summary>The blocks.</summary>
    public IReadOnlyList<IpPrefix> Blocks { get; }

    /// <inheritdoc/>
    public override bool Matches(in AuthorizationInput input)
    {
        NetworkAddress? address = Address switch
        {
            AuthorizationAddress.Destination => input.LocalAddress,
            AuthorizationAddress.ConnectionRemote => input.Connection?.RemoteAddress ?? input.RemoteAddress,
            AuthorizationAddress.DirectRemote => input.DirectRemoteAddress,
            _ => input.RemoteAddress,
        };
        return address is not null && (_many is null ? _only.Contains(address) : _many.Find(address) != IpPrefixMap.None);
    }
}

/// <summary>Which address an <see cref="AddressRule"/> looks at.</summary>
public enum AuthorizationAddress : byte
{
    /// <summary><c>destination_ip</c>: where the client wanted to go.</summary>
    Destination,

    /// <summary><c>source_ip</c>: the connection's client, PROXY protocol taken into account.</summary>
    ConnectionRemote,

    /// <summary><c>direct_remote_ip</c>: the client that the system says.</summary>
    DirectRemote,

    /// <summary><c>remote_ip</c>: the client, PROXY protocol and x-forwarded-for taken into account.</summary>
    Remote,
}
