namespace Nuncio.Core.Matching.Tree;

/// <summary>The opposite of a test, unless it cannot say yet. Immutable; any thread.</summary>
public sealed class NotFieldMatcher<TInput>(FieldMatcher<TInput> test) : FieldMatcher<TInput>
{
    /// <inheritdoc/>
    public override MatchOutcome Test(in TInput input) => test.Test(in input) switch
    {
        MatchOutcome.Matched => MatchOutcome.NoMatch,
        MatchOutcome.NoMatch => MatchOutcome.Matched,
        _ => MatchOutcome.InsufficientData,
    };
}
