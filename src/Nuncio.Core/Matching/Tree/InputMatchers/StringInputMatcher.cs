namespace Nuncio.Core.Matching.Tree.InputMatchers;

/// <summary>A test on text. Envoy: SinglePredicate.value_match. Immutable; any thread.</summary>
public sealed class StringInputMatcher(StringMatcher matcher) : InputMatcher
{
    /// <inheritdoc/>
    public override bool Matches(in InputValue value) => matcher.Matches(value.Text);
}
