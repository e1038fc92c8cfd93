using System.Text;

namespace Nuncio.Core.Matching.Tree.Inputs;

/// <summary>
/// A text that does not depend on the input: a variable of the environment as it was when the configuration was loaded; missing
/// when it is not set. Envoy: envoy.extensions.matching.common_inputs.environment_variable.v3.Config. Immutable; any thread.
/// </summary>
public sealed class ConstantInput<TInput>(string? text) : MatchInput<TInput>
{
    private readonly byte[]? _text = text is null ? null : Encoding.UTF8.GetBytes(text);

    /// <inheritdoc/>
    public override void Read(in TInput input, ref InputValue value)
    {
        if (_text is not null)
        {
            value.Set(_text);
        }
    }
}
