using Nuncio.Core.Matching;

namespace Nuncio.Core.Authorization.Rules;

/// <summary>Holds when the server name that the client asked for matches; without one it is empty. Immutable; any thread.</summary>
public sealed class ServerNameRule(StringMatcher matcher) : AuthorizationRule
{
    /// <inheritdoc/>
    public override bool Matches(in AuthorizationInput input) => matcher.Matches(input.Connection?.RequestedServerName ?? "");
}
