namespace Nuncio.Core.Matching.Tree.InputMatchers;

/// <summary>
/// Whether the input's hash, modulo a number, is a threshold or more. Envoy:
/// envoy.extensions.matching.input_matchers.consistent_hashing.v3.ConsistentHashing. Immutable; any thread.
/// </summary>
public sealed class ConsistentHashingInputMatcher(uint threshold, uint modulo, ulong seed) : InputMatcher
{
    /// <inheritdoc/>
    public override bool Matches(in InputValue value) => XxHash64.Hash(value.Text, seed) % modulo >= threshold;
}
