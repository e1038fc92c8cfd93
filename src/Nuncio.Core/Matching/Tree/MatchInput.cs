namespace Nuncio.Core.Matching.Tree;

/// <summary>One thing that can be asked of an input. Envoy: "data input". Immutable; any thread.</summary>
public abstract class MatchInput<TInput>
{
    /// <summary>Whether it gives a value of metadata, else text.</summary>
    public virtual bool IsMetadata => false;

    /// <summary>Sets <paramref name="value"/> to what the input has.</summary>
    public abstract void Read(in TInput input, ref InputValue value);
}
