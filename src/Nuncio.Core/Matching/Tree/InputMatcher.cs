namespace Nuncio.Core.Matching.Tree;

/// <summary>A test on the value of an input. Envoy: "input matcher". Immutable; any thread.</summary>
public abstract class InputMatcher
{
    /// <summary>Whether it tests metadata, else text.</summary>
    public virtual bool TakesMetadata => false;

    /// <summary>The answer for a value that is there.</summary>
    public abstract bool Matches(in InputValue value);
}
