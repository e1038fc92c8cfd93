using Nuncio.IO.Sockets;

namespace Nuncio.Core.Matching.Tree.InputMatchers;

/// <summary>
/// Whether the input is an IP in one of many prefixes. Envoy: envoy.extensions.matching.input_matchers.ip.v3.Ip. Immutable; any
/// thread.
/// </summary>
public sealed class IpInputMatcher(IReadOnlyList<IpPrefix> prefixes) : InputMatcher
{
    private readonly IpPrefixMap _prefixes = new(prefixes);

    /// <inheritdoc/>
    public override bool Matches(in InputValue value) =>
        value.TryGetAddress(out NetworkAddress? address) && _prefixes.Find(address) != IpPrefixMap.None;
}
