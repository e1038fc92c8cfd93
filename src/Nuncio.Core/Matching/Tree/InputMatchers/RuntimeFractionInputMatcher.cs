using Nuncio.Core.Runtime;

namespace Nuncio.Core.Matching.Tree.InputMatchers;

/// <summary>
/// Whether the input's hash falls into a share. Envoy: envoy.extensions.matching.input_matchers.runtime_fraction.v3.RuntimeFraction.
/// Immutable; any thread.
/// </summary>
public sealed class RuntimeFractionInputMatcher(RuntimeFraction fraction, ulong seed) : InputMatcher
{
    /// <inheritdoc/>
    public override bool Matches(in InputValue value) => fraction.Includes(XxHash64.Hash(value.Text, seed));
}
