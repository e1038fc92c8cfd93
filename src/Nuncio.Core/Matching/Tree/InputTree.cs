namespace Nuncio.Core.Matching.Tree;

/// <summary>
/// A tree that looks one input up. Envoy: Matcher.MatcherTree. An input that is not there leads to on_no_match.
/// Immutable; any thread.
/// </summary>
public abstract class InputTree<TInput, TAction> : MatchTree<TInput, TAction>
    where TAction : class
{
    private readonly MatchInput<TInput> _key;
    private readonly OnMatch<TInput, TAction>? _onNoMatch;

    /// <param name="key">What is looked up; must give text.</param>
    /// <param name="onNoMatch">What follows when nothing is found, or what was found leads to nothing.</param>
    protected InputTree(MatchInput<TInput> key, OnMatch<TInput, TAction>? onNoMatch)
    {
        _key = key;
        _onNoMatch = onNoMatch;
    }

    /// <inheritdoc/>
    public sealed override MatchOutcome Match(in TInput input, ICollection<TAction>? skipped, out TAction? action)
    {
        Span<byte> room = stackalloc byte[InputValue.RoomSize];
        var value = new InputValue(room);
        try
        {
            _key.Read(in input, ref value);
            MatchOutcome outcome = MatchOutcome.NoMatch;
            action = null;
            if (value.State == InputState.Unavailable)
            {
                return MatchOutcome.InsufficientData;
            }

            if (value.State == InputState.Present)
            {
                outcome = Find(in value, in input, skipped, out action);
            }

            return outcome == MatchOutcome.NoMatch
                ? OnMatch<TInput, TAction>.Follow(_onNoMatch, in input, skipped, out action)
                : outcome;
        }
        finally
        {
            value.Dispose();
        }
    }

    /// <summary>Follows what the value leads to, the most specific first.</summary>
    protected abstract MatchOutcome Find(in InputValue value, in TInput input, ICollection<TAction>? skipped, out TAction? action);
}
