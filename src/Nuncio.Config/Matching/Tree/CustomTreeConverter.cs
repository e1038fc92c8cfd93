using Google.Protobuf;
using Nuncio.Config.Errors;
using Nuncio.Core.Matching;
using Nuncio.Core.Matching.Tree;
using Xds.Core.V3;
using Xds.Type.Matcher.V3;

namespace Nuncio.Config.Matching.Tree;

/// <summary>Wire messages to the trees that stand in custom_match: over IP prefixes and over host names. Part of a <see cref="MatchTreeConverter{TInput, TAction}"/>.</summary>
internal sealed class CustomTreeConverter<TInput, TAction>(MatchTreeConverter<TInput, TAction> parts)
    where TAction : class
{
    /// <summary>The tree; null after an error. <paramref name="input"/> is null after an error that was told.</summary>
    internal MatchTree<TInput, TAction>? Convert(
        TypedExtensionConfig wire, MatchInput<TInput>? input, OnMatch<TInput, TAction>? onNoMatch, ConfigScope scope, int depth)
    {
        ConfigScope place = scope.Field("typed_config");
        IMessage? message = TypedMessage.Unpack(wire, "custom matcher", place);
        switch (message)
        {
            case null:
                return null;
            case IPMatcher ip:
                List<(IpPrefix, OnMatch<TInput, TAction>, bool)> ranges = Ranges(ip, place.Field("range_matchers"), depth);
                return input is null ? null : new IpTree<TInput, TAction>(input, ranges, onNoMatch);
            case ServerNameMatcher names:
                Dictionary<string, OnMatch<TInput, TAction>> domains = Domains(names, place.Field("domain_matchers"), depth);
                return input is null ? null : new DomainTree<TInput, TAction>(input, domains, onNoMatch);
            default:
                place.Error($"custom matcher \"{wire.Name}\": {message.Descriptor.FullName} is no tree; expected xds.type.matcher.v3.IPMatcher or ServerNameMatcher");
                return null;
        }
    }

    private List<(IpPrefix, OnMatch<TInput, TAction>, bool)> Ranges(IPMatcher wire, ConfigScope scope, int depth)
    {
        var ranges = new List<(IpPrefix, OnMatch<TInput, TAction>, bool)>();
        for (int i = 0; i < wire.RangeMatchers.Count; i++)
        {
            IPMatcher.Types.IPRangeMatcher matcher = wire.RangeMatchers[i];
            ConfigScope place = scope.Item(i);
            OnMatch<TInput, TAction>? onMatch = parts.OnMatch(matcher.OnMatch, place.Field("on_match"), depth);
            for (int r = 0; r < matcher.Ranges.Count; r++)
            {
                if (IpPrefixConverter.Convert(matcher.Ranges[r], place.Field("ranges").Item(r)) is { } prefix && onMatch is not null)
                {
                    ranges.Add((prefix, onMatch, matcher.Exclusive));
                }
            }
        }

        return ranges;
    }

    private Dictionary<string, OnMatch<TInput, TAction>> Domains(ServerNameMatcher wire, ConfigScope scope, int depth)
    {
        var domains = new Dictionary<string, OnMatch<TInput, TAction>>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < wire.DomainMatchers.Count; i++)
        {
            ServerNameMatcher.Types.DomainMatcher matcher = wire.DomainMatchers[i];
            ConfigScope place = scope.Item(i);
            OnMatch<TInput, TAction>? onMatch = parts.OnMatch(matcher.OnMatch, place.Field("on_match"), depth);
            for (int d = 0; d < matcher.Domains.Count; d++)
            {
                string domain = matcher.Domains[d];
                ConfigScope at = place.Field("domains").Item(d);
                if (!seen.Add(domain))
                {
                    at.Error($"found \"{domain}\" a second time; each domain may stand once");
                }
                else if (IsDomain(domain, at) && onMatch is not null)
                {
                    domains.Add(domain, onMatch);
                }
            }
        }

        return domains;
    }

    private static bool IsDomain(string domain, ConfigScope scope)
    {
        bool wildcard = domain.StartsWith("*.", StringComparison.Ordinal) && domain.Length > 2;
        if (domain == "*" || (domain.Length > 0 && !domain.AsSpan(wildcard ? 2 : 0).Contains('*')))
        {
            return true;
        }

        scope.Error($"found \"{domain}\", expected a domain, *.domain or *");
        return false;
    }
}
