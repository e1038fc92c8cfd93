using Envoy.Type.Matcher.V3;
using Nuncio.Base.Stats;
using Nuncio.Config.Errors;
using Wire = Envoy.Config.Metrics.V3;

namespace Nuncio.Server.Bootstrap;

/// <summary>The bootstrap's <c>stats_config</c> and the command line's tags to <see cref="StatsConfig"/>. Stateless.</summary>
internal static class StatsConfigConverter
{
    /// <summary>The configuration; after an error what is right of it, so that the rest of the bootstrap can be checked too.</summary>
    internal static StatsConfig Convert(Wire.StatsConfig? wire, IReadOnlyList<KeyValuePair<string, string>> tags, ConfigScope scope)
    {
        List<TagSpecifier> specifiers = [.. tags.Select(t => TagSpecifier.Fixed(t.Key, t.Value))];
        wire ??= new Wire.StatsConfig();
        for (int i = 0; i < wire.StatsTags.Count; i++)
        {
            if (Tag(wire.StatsTags[i], scope.Field("stats_tags").Item(i)) is { } tag)
            {
                specifiers.Add(tag);
            }
        }

        return new StatsConfig
        {
            Tags = specifiers,
            UseAllDefaultTags = wire.UseAllDefaultTags ?? true,
            Matcher = Matcher(wire.StatsMatcher, scope.Field("stats_matcher")),
            HistogramBuckets = Buckets(wire, scope.Field("histogram_bucket_settings")),
        };
    }

    private static TagSpecifier? Tag(Wire.TagSpecifier wire, ConfigScope scope)
    {
        TagSpecifier specifier;
        string error;
        switch (wire.TagValueCase)
        {
            case Wire.TagSpecifier.TagValueOneofCase.FixedValue:
                return TagSpecifier.Fixed(wire.TagName, wire.FixedValue);
            case Wire.TagSpecifier.TagValueOneofCase.Regex when wire.Regex.Length > 0:
                if (TagSpecifier.TryRegex(wire.TagName, wire.Regex, out specifier, out error))
                {
                    return specifier;
                }

                scope.Field("regex").Error(error);
                return null;
            default:
                if (TagSpecifier.TryDefault(wire.TagName, out specifier, out error))
                {
                    return specifier;
                }

                scope.Error(error);
                return null;
        }
    }

    private static StatsMatcher Matcher(Wire.StatsMatcher? wire, ConfigScope scope)
    {
        switch (wire?.StatsMatcherCase)
        {
            case Wire.StatsMatcher.StatsMatcherOneofCase.RejectAll:
                return wire.RejectAll ? StatsMatcher.RejectAll : StatsMatcher.AcceptAll;
            case Wire.StatsMatcher.StatsMatcherOneofCase.InclusionList:
                return StatsMatcher.Including(Patterns(wire.InclusionList, scope.Field("inclusion_list")));
            case Wire.StatsMatcher.StatsMatcherOneofCase.ExclusionList:
                return StatsMatcher.Excluding(Patterns(wire.ExclusionList, scope.Field("exclusion_list")));
            default:
                return StatsMatcher.AcceptAll;
        }
    }

    private static List<StatNamePattern> Patterns(ListStringMatcher wire, ConfigScope scope)
    {
        var patterns = new List<StatNamePattern>();
        for (int i = 0; i < wire.Patterns.Count; i++)
        {
            if (Pattern(wire.Patterns[i], scope.Field("patterns").Item(i)) is { } pattern)
            {
                patterns.Add(pattern);
            }
        }

        return patterns;
    }

    private static StatNamePattern? Pattern(StringMatcher wire, ConfigScope scope)
    {
        switch (wire.MatchPatternCase)
        {
            case StringMatcher.MatchPatternOneofCase.Exact:
                return StatNamePattern.Exact(wire.Exact, wire.IgnoreCase);
            case StringMatcher.MatchPatternOneofCase.Prefix:
                return StatNamePattern.Prefix(wire.Prefix, wire.IgnoreCase);
            case StringMatcher.MatchPatternOneofCase.Suffix:
                return StatNamePattern.Suffix(wire.Suffix, wire.IgnoreCase);
            case StringMatcher.MatchPatternOneofCase.Contains:
                return StatNamePattern.Contains(wire.Contains, wire.IgnoreCase);
            case StringMatcher.MatchPatternOneofCase.SafeRegex:
                if (StatNamePattern.TryRegex(wire.SafeRegex.Regex, out StatNamePattern pattern, out string error))
                {
                    return pattern;
                }

                scope.Field("safe_regex").Field("regex").Error(error);
                return null;
            default:
                scope.Error("found no match pattern, expected one of exact, prefix, suffix, contains, safe_regex");
                return null;
        }
    }

    private static List<HistogramBucketSettings> Buckets(Wire.StatsConfig wire, ConfigScope scope)
    {
        var settings = new List<HistogramBucketSettings>();
        for (int i = 0; i < wire.HistogramBucketSettings.Count; i++)
        {
            Wire.HistogramBucketSettings one = wire.HistogramBucketSettings[i];
            if (one.Match is not null && Pattern(one.Match, scope.Item(i).Field("match")) is { } pattern)
            {
                settings.Add(new HistogramBucketSettings(pattern, one.Buckets.ToArray()));
            }
        }

        return settings;
    }
}
