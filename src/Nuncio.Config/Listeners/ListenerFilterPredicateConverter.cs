using Nuncio.Config.Errors;
using Nuncio.Core.ListenerFilters;
using Wire = Envoy.Config.Listener.V3.ListenerFilterChainMatchPredicate;

namespace Nuncio.Config.Listeners;

/// <summary>Wire message to listener filter predicate. Stateless; any thread.</summary>
public static class ListenerFilterPredicateConverter
{
    /// <summary>Envoy allows the first number behind the last port, since the end of a range is not included.</summary>
    private const int LastPort = 65536;

    /// <summary>The predicate; null when the message is absent or after an error. <paramref name="scope"/> is the place of the message.</summary>
    public static ListenerFilterPredicate? Convert(Wire? wire, ConfigScope scope)
    {
        switch (wire?.RuleCase)
        {
            case null:
                return null;
            case Wire.RuleOneofCase.OrMatch:
                return Set(wire.OrMatch, scope.Field("or_match")) is { } any ? ListenerFilterPredicate.AnyOf(any) : null;
            case Wire.RuleOneofCase.AndMatch:
                return Set(wire.AndMatch, scope.Field("and_match")) is { } all ? ListenerFilterPredicate.All(all) : null;
            case Wire.RuleOneofCase.NotMatch:
                return Convert(wire.NotMatch, scope.Field("not_match")) is { } other ? ListenerFilterPredicate.Not(other) : null;
            case Wire.RuleOneofCase.AnyMatch:
                return ListenerFilterPredicate.Any;
            case Wire.RuleOneofCase.DestinationPortRange:
                return Ports(wire.DestinationPortRange, scope.Field("destination_port_range"));
            default:
                scope.Error("found no rule, expected one of or_match, and_match, not_match, any_match, destination_port_range");
                return null;
        }
    }

    private static List<ListenerFilterPredicate>? Set(Wire.Types.MatchSet wire, ConfigScope scope)
    {
        var predicates = new List<ListenerFilterPredicate>(wire.Rules.Count);
        for (int i = 0; i < wire.Rules.Count; i++)
        {
            if (Convert(wire.Rules[i], scope.Field("rules").Item(i)) is { } predicate)
            {
                predicates.Add(predicate);
            }
        }

        return predicates.Count == wire.Rules.Count ? predicates : null;
    }

    private static ListenerFilterPredicate? Ports(Envoy.Type.V3.Int32Range range, ConfigScope scope)
    {
        if (range.Start is < 0 or > LastPort || range.End is < 0 or > LastPort || range.Start >= range.End)
        {
            scope.Error($"found start {range.Start} and end {range.End}, expected 0 <= start < end <= {LastPort}");
            return null;
        }

        return ListenerFilterPredicate.DestinationPorts(range.Start, range.End);
    }
}
