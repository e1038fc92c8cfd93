namespace Nuncio.Core.Matching.Tree.InputMatchers;

/// <summary>A test on a value of metadata. Envoy: envoy.extensions.matching.input_matchers.metadata.v3.Metadata. Immutable; any thread.</summary>
public sealed class MetadataInputMatcher(ValueMatcher matcher, bool invert) : InputMatcher
{
    /// <inheritdoc/>
    public override bool TakesMetadata => true;

    /// <inheritdoc/>
    public override bool Matches(in InputValue value) => matcher.Matches(value.Metadata, value.HasMetadata) != invert;
}
