namespace Nuncio.Core.Matching.Tree;

/// <summary>
/// A unified matcher: tests on inputs that end in an action. Envoy: xds.type.matcher.v3.Matcher ("Unified Matcher API"). Made when
/// configuration is converted; immutable; any thread; asking it allocates nothing but the text of an address where that is first
/// needed.
/// </summary>
/// <typeparam name="TInput">What is asked about: a connection, a request.</typeparam>
/// <typeparam name="TAction">What a match leads to, in its user's own type.</typeparam>
public abstract class MatchTree<TInput, TAction>
    where TAction : class
{
    /// <summary>The action for an input.</summary>
    /// <param name="input">What is asked about.</param>
    /// <param name="skipped">Gets the actions passed over because of keep_matching; null where nobody wants to know.</param>
    /// <param name="action">Set when <see cref="MatchOutcome.Matched"/>.</param>
    public abstract MatchOutcome Match(in TInput input, ICollection<TAction>? skipped, out TAction? action);

    /// <summary>The action for an input.</summary>
    public MatchOutcome Match(in TInput input, out TAction? action) => Match(in input, null, out action);
}
