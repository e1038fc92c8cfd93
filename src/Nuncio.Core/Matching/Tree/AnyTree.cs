namespace Nuncio.Core.Matching.Tree;

/// <summary>A matcher without tests: always what stands in its on_no_match. Immutable; any thread.</summary>
public sealed class AnyTree<TInput, TAction>(OnMatch<TInput, TAction>? onNoMatch) : MatchTree<TInput, TAction>
    where TAction : class
{
    /// <inheritdoc/>
    public override MatchOutcome Match(in TInput input, ICollection<TAction>? skipped, out TAction? action) =>
        OnMatch<TInput, TAction>.Follow(onNoMatch, in input, skipped, out action);
}
