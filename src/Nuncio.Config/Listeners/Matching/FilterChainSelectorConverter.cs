using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.Listeners.Matching;
using Envoy.Config.Listener.V3;

namespace Nuncio.Config.Listeners.Matching;

/// <summary>
/// What chooses among a listener's filter chains, from their <c>filter_chain_match</c>es or from <c>filter_chain_matcher</c>.
/// Stateless.
/// </summary>
public static class FilterChainSelectorConverter
{
    /// <summary>The selector, whose numbers are places in <c>filter_chains</c>; null after an error.</summary>
    /// <param name="scope">The place of the listener.</param>
    public static FilterChainSelector? Convert(Listener wire, FactoryContext context, ConfigScope scope) =>
        wire.FilterChainMatcher is null ? Index(wire, scope) : FilterChainMatcherConverter.Convert(wire, context, scope);

    private static FilterChainIndex? Index(Listener wire, ConfigScope scope)
    {
        int before = scope.ErrorCount;
        var matches = new FilterChainMatchConfig?[wire.FilterChains.Count];
        var known = new Dictionary<FilterChainMatch, int>();
        var none = new FilterChainMatch();
        for (int i = 0; i < matches.Length; i++)
        {
            FilterChainMatch match = wire.FilterChains[i].FilterChainMatch ?? none;
            ConfigScope place = scope.Field("filter_chains").Item(i);
            if (known.TryAdd(match, i))
            {
                matches[i] = FilterChainMatchConverter.Convert(match, place.Field("filter_chain_match"));
            }
            else
            {
                place.Field("filter_chain_match").Error(
                    $"filter chain '{wire.FilterChains[i].Name}' has the same matching rules defined as {Other(wire, known[match], scope)}");
            }
        }

        return scope.ErrorCount > before ? null : Compile(wire, matches, scope);
    }

    private static FilterChainIndex? Compile(Listener wire, FilterChainMatchConfig?[] matches, ConfigScope scope)
    {
        var overlaps = new List<FilterChainOverlap>();
        FilterChainIndex? index = FilterChainIndex.Build(matches, overlaps);
        foreach ((int first, int second) in overlaps)
        {
            ConfigScope place = scope.Field("filter_chains").Item(second).Field("filter_chain_match");
            place.Error(first == second
                ? $"multiple filter chains with overlapping matching rules are defined: a list of filter chain '{wire.FilterChains[second].Name}' holds a value twice"
                : $"multiple filter chains with overlapping matching rules are defined: '{wire.FilterChains[second].Name}' and {Other(wire, first, scope)}");
        }

        if (index is null)
        {
            scope.Field("filter_chains").Error("the lists in their matches multiply to more than 20,000,000 combinations; expected fewer values for each chain");
        }

        return overlaps.Count > 0 ? null : index;
    }

    private static string Other(Listener wire, int chain, ConfigScope scope) =>
        $"'{wire.FilterChains[chain].Name}' ({scope.Field("filter_chains").Item(chain).Position})";
}
