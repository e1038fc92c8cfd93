namespace Nuncio.Core.Authorization.Rules;

/// <summary>Holds when all of the others do. Immutable; any thread.</summary>
public sealed class AndRule(IReadOnlyList<AuthorizationRule> rules) : AuthorizationRule
{
    private readonly AuthorizationRule[] _rules = [.. rules];

    /// <inheritdoc/>
    public override bool Matches(in AuthorizationInput input)
    {
        foreach (AuthorizationRule rule in _rules)
        {
            if (!rule.Matches(input))
            {
                return false;
            }
        }

        return true;
    }
}
