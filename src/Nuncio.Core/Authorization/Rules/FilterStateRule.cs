using Nuncio.Core.Matching;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Authorization.Rules;

/// <summary>Holds when an object of the filter state matches, as text or as an address. Immutable; any thread. Envoy: <c>FilterStateMatcher</c>.</summary>
public sealed class FilterStateRule : AuthorizationRule
{
    private readonly string _key;
    private readonly StringMatcher? _text;
    private readonly IpPrefixMap? _blocks;

    /// <summary>A test on the object's text.</summary>
    public FilterStateRule(string key, StringMatcher text)
    {
        _key = key;
        _text = text;
    }

    /// <summary>A test on an object that is an address.</summary>
    public FilterStateRule(string key, IReadOnlyList<IpPrefix> blocks)
    {
        _key = key;
        _blocks = new IpPrefixMap(blocks);
    }

    /// <inheritdoc/>
    public override bool Matches(in AuthorizationInput input)
    {
        object? found = input.FilterState?.Find(_key);
        return _blocks is null
            ? found?.ToString() is { } text && _text!.Matches(text)
            : found is NetworkAddress address && _blocks.Find(address) != IpPrefixMap.None;
    }
}
