using Nuncio.Core.Streams;

namespace Nuncio.Core.Matching.Tree.Inputs;

/// <summary>
/// A value of dynamic metadata, by namespace and keys. Envoy: DynamicMetadataInput. Immutable; any thread.
/// </summary>
public sealed class DynamicMetadataInput<TInput>(string filter, string[] path, Func<TInput, DynamicMetadata?> metadataOf) : MatchInput<TInput>
{
    /// <inheritdoc/>
    public override bool IsMetadata => true;

    /// <inheritdoc/>
    public override void Read(in TInput input, ref InputValue value)
    {
        object? at = metadataOf(input)?.Find(filter);
        bool there = at is not null;
        foreach (string key in path)
        {
            if (at is not IReadOnlyDictionary<string, object?> map || !map.TryGetValue(key, out at))
            {
                at = null;
                there = false;
                break;
            }
        }

        value.SetMetadata(at, there);
    }
}
