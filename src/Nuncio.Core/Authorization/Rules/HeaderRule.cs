using Nuncio.Core.Matching;

namespace Nuncio.Core.Authorization.Rules;

/// <summary>Holds when a header of the request matches; never for a connection. Immutable; any thread.</summary>
public sealed class HeaderRule(HeaderMatcher matcher) : AuthorizationRule
{
    /// <inheritdoc/>
    public override bool Matches(in AuthorizationInput input) => input.Headers is { } headers && matcher.Matches(headers);
}
