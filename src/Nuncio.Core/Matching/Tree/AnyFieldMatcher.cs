namespace Nuncio.Core.Matching.Tree;

/// <summary>Whether a test says yes; when none does and one cannot say yet, neither can this. Immutable; any thread.</summary>
public sealed class AnyFieldMatcher<TInput>(FieldMatcher<TInput>[] tests) : FieldMatcher<TInput>
{
    /// <inheritdoc/>
    public override MatchOutcome Test(in TInput input)
    {
        MatchOutcome otherwise = MatchOutcome.NoMatch;
        foreach (FieldMatcher<TInput> test in tests)
        {
            MatchOutcome outcome = test.Test(in input);
            if (outcome == MatchOutcome.Matched)
            {
                return outcome;
            }

            if (outcome == MatchOutcome.InsufficientData)
            {
                otherwise = outcome;
            }
        }

        return otherwise;
    }
}
