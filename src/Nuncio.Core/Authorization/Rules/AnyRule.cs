namespace Nuncio.Core.Authorization.Rules;

/// <summary>Holds always. Immutable; any thread.</summary>
public sealed class AnyRule : AuthorizationRule
{
    /// <inheritdoc/>
    public override bool Matches(in AuthorizationInput input) => true;
}
