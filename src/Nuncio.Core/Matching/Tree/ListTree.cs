namespace Nuncio.Core.Matching.Tree;

/// <summary>
/// Tests in order; the first that matches and leads to an action decides. Envoy: Matcher.MatcherList. Immutable; any thread.
/// </summary>
public sealed class ListTree<TInput, TAction>(
    (FieldMatcher<TInput> Test, OnMatch<TInput, TAction> OnMatch)[] tests, OnMatch<TInput, TAction>? onNoMatch) : MatchTree<TInput, TAction>
    where TAction : class
{
    /// <inheritdoc/>
    public override MatchOutcome Match(in TInput input, ICollection<TAction>? skipped, out TAction? action)
    {
        foreach ((FieldMatcher<TInput> test, OnMatch<TInput, TAction> onMatch) in tests)
        {
            MatchOutcome outcome = test.Test(in input);
            if (outcome == MatchOutcome.InsufficientData)
            {
                action = null;
                return outcome;
            }

            if (outcome == MatchOutcome.Matched)
            {
                outcome = OnMatch<TInput, TAction>.Follow(onMatch, in input, skipped, out action);
                if (outcome != MatchOutcome.NoMatch)
                {
                    return outcome;
                }
            }
        }

        return OnMatch<TInput, TAction>.Follow(onNoMatch, in input, skipped, out action);
    }
}
