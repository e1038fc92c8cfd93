namespace Nuncio.Core.Authorization.Rules;

/// <summary>Holds when one of the others does. Immutable; any thread.</summary>
public sealed class OrRule(IReadOnlyList<AuthorizationRule> rules) : AuthorizationRule
{
    private readonly AuthorizationRule[] _rules = [.. rules];

    /// <inheritdoc/>
    public override bool Matches(in AuthorizationInput input)
    {
        foreach (AuthorizationRule rule in _rules)
        {
            if (rule.Matches(input))
            {
                return true;
            }
        }

        return false;
    }
}
