namespace Nuncio.Core.Authorization.Rules;

/// <summary>Holds when another one does not. Immutable; any thread.</summary>
public sealed class NotRule(AuthorizationRule rule) : AuthorizationRule
{
    /// <inheritdoc/>
    public override bool Matches(in AuthorizationInput input) => !rule.Matches(input);
}
