namespace Nuncio.Core.Matching.Tree;

/// <summary>A test of a list matcher. Envoy: MatcherList.Predicate. Immutable; any thread.</summary>
public abstract class FieldMatcher<TInput>
{
    /// <summary>The answer.</summary>
    public abstract MatchOutcome Test(in TInput input);
}
