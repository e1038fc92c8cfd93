namespace Nuncio.Core.Matching.Tree;

/// <summary>Whether all tests say yes; the first that does not decides. Immutable; any thread.</summary>
public sealed class AllFieldMatcher<TInput>(FieldMatcher<TInput>[] tests) : FieldMatcher<TInput>
{
    /// <inheritdoc/>
    public override MatchOutcome Test(in TInput input)
    {
        foreach (FieldMatcher<TInput> test in tests)
        {
            MatchOutcome outcome = test.Test(in input);
            if (outcome != MatchOutcome.Matched)
            {
                return outcome;
            }
        }

        return MatchOutcome.Matched;
    }
}
