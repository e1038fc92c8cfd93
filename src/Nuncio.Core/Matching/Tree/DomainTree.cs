using System.Text;
using Nuncio.Core.Routing;

namespace Nuncio.Core.Matching.Tree;

/// <summary>
/// A map by host name: the name itself, else the longest <c>*.suffix</c> over it, shorter ones, then <c>*</c>; each next one where
/// the one before leads to nothing. Case matters. Envoy: xds.type.matcher.v3.ServerNameMatcher. Immutable; any thread.
/// </summary>
public sealed class DomainTree<TInput, TAction> : InputTree<TInput, TAction>
    where TAction : class
{
    private readonly ByteMap<OnMatch<TInput, TAction>> _exact;
    private readonly ByteMap<OnMatch<TInput, TAction>> _suffixes;
    private readonly OnMatch<TInput, TAction>? _any;
    private readonly int _longestSuffix;

    /// <summary>A tree of these domains, each there once.</summary>
    public DomainTree(MatchInput<TInput> key, IReadOnlyCollection<KeyValuePair<string, OnMatch<TInput, TAction>>> domains, OnMatch<TInput, TAction>? onNoMatch)
        : base(key, onNoMatch)
    {
        _exact = new ByteMap<OnMatch<TInput, TAction>>(domains.Count);
        _suffixes = new ByteMap<OnMatch<TInput, TAction>>(domains.Count);
        foreach ((string domain, OnMatch<TInput, TAction> onMatch) in domains)
        {
            if (domain == "*")
            {
                _any = onMatch;
            }
            else if (domain.StartsWith("*.", StringComparison.Ordinal))
            {
                byte[] suffix = Encoding.UTF8.GetBytes(domain[2..]);
                _suffixes.TryAdd(suffix, onMatch);
                _longestSuffix = Math.Max(_longestSuffix, suffix.Length);
            }
            else
            {
                _exact.TryAdd(Encoding.UTF8.GetBytes(domain), onMatch);
            }
        }
    }

    /// <inheritdoc/>
    protected override MatchOutcome Find(in InputValue value, in TInput input, ICollection<TAction>? skipped, out TAction? action)
    {
        ReadOnlySpan<byte> name = value.Text;
        action = null;
        if (name.IsEmpty)
        {
            return MatchOutcome.NoMatch;
        }

        MatchOutcome outcome = OnMatch<TInput, TAction>.Follow(_exact.Find(name), in input, skipped, out action);
        if (outcome != MatchOutcome.NoMatch)
        {
            return outcome;
        }

        // A client may send a name of any length: what no suffix is as long as need not be looked at.
        ReadOnlySpan<byte> rest = name.Length > _longestSuffix + 1 ? name[^(_longestSuffix + 1)..] : name;
        for (int dot = rest.IndexOf((byte)'.'); dot >= 0; dot = rest.IndexOf((byte)'.'))
        {
            rest = rest[(dot + 1)..];
            outcome = OnMatch<TInput, TAction>.Follow(_suffixes.Find(rest), in input, skipped, out action);
            if (outcome != MatchOutcome.NoMatch)
            {
                return outcome;
            }
        }

        return OnMatch<TInput, TAction>.Follow(_any, in input, skipped, out action);
    }
}
