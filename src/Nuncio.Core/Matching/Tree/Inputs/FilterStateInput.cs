using Nuncio.Core.Streams;

namespace Nuncio.Core.Matching.Tree.Inputs;

/// <summary>
/// Filter state as text, of a connection or of a request (which falls back on its connection's). Envoy: FilterStateInput.
/// Immutable; any thread.
/// </summary>
public sealed class FilterStateInput<TInput>(string key, Func<TInput, FilterState?> stateOf) : MatchInput<TInput>
{
    /// <inheritdoc/>
    public override void Read(in TInput input, ref InputValue value)
    {
        if (stateOf(input)?.FindText(key) is { } text)
        {
            value.Append(text);
        }
    }
}
