namespace Nuncio.Core.Authorization.Rules;

/// <summary>Holds for a client with a certificate. No transport of this version asks for one, so it never does. Immutable; any thread.</summary>
public sealed class AuthenticatedRule : AuthorizationRule
{
    /// <inheritdoc/>
    public override bool Matches(in AuthorizationInput input) => false;
}
