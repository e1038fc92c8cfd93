namespace Nuncio.Core.Matching.Tree;

/// <summary>
/// What a match leads to: an action or a further tree. Envoy: Matcher.OnMatch. Immutable; any thread.
/// </summary>
/// <remarks>With keep_matching an action is noted and then taken for no match, so that the search goes on behind it.</remarks>
public sealed class OnMatch<TInput, TAction>
    where TAction : class
{
    private readonly MatchTree<TInput, TAction>? _tree;
    private readonly TAction? _action;
    private readonly bool _keepMatching;

    /// <summary>An action.</summary>
    public OnMatch(TAction action, bool keepMatching = false)
    {
        _action = action;
        _keepMatching = keepMatching;
    }

    /// <summary>A further tree.</summary>
    public OnMatch(MatchTree<TInput, TAction> tree, bool keepMatching = false)
    {
        _tree = tree;
        _keepMatching = keepMatching;
    }

    /// <summary>Follows one that may be missing, which is no match.</summary>
    internal static MatchOutcome Follow(OnMatch<TInput, TAction>? next, in TInput input, ICollection<TAction>? skipped, out TAction? action)
    {
        if (next is null)
        {
            action = null;
            return MatchOutcome.NoMatch;
        }

        MatchOutcome outcome = MatchOutcome.Matched;
        action = next._action;
        if (next._tree is not null)
        {
            outcome = next._tree.Match(in input, skipped, out action);
        }

        if (!next._keepMatching || outcome != MatchOutcome.Matched)
        {
            return outcome;
        }

        skipped?.Add(action!);
        action = null;
        return MatchOutcome.NoMatch;
    }
}
