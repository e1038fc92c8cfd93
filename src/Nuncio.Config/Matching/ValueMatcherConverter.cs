using Nuncio.Config.Errors;
using Nuncio.Core.Matching;
using Nuncio.Core.Runtime;
using Wire = Envoy.Type.Matcher.V3;

namespace Nuncio.Config.Matching;

/// <summary>Wire messages to tests on metadata. Stateless; any thread.</summary>
public static class ValueMatcherConverter
{
    /// <summary>The matcher; null after an error. <paramref name="scope"/> is the place of the MetadataMatcher.</summary>
    public static MetadataMatcher? Convert(Wire.MetadataMatcher wire, LayeredRuntime runtime, ConfigScope scope)
    {
        if (wire.Value is null)
        {
            scope.Field("value").Error("is missing; expected what the value must be");
            return null;
        }

        var path = new List<string>(wire.Path.Count);
        foreach (Wire.MetadataMatcher.Types.PathSegment segment in wire.Path)
        {
            path.Add(segment.Key);
        }

        if (path.Count == 0)
        {
            scope.Field("path").Error("is empty; expected at least one key");
            return null;
        }

        return Convert(wire.Value, runtime, scope.Field("value")) is { } value ? new MetadataMatcher(wire.Filter, path, value, wire.Invert) : null;
    }

    /// <summary>The matcher; null after an error. <paramref name="scope"/> is the place of the ValueMatcher.</summary>
    public static ValueMatcher? Convert(Wire.ValueMatcher wire, LayeredRuntime runtime, ConfigScope scope)
    {
        switch (wire.MatchPatternCase)
        {
            case Wire.ValueMatcher.MatchPatternOneofCase.NullMatch:
                return ValueMatcher.Null;
            case Wire.ValueMatcher.MatchPatternOneofCase.DoubleMatch:
                return Number(wire.DoubleMatch, scope.Field("double_match"));
            case Wire.ValueMatcher.MatchPatternOneofCase.StringMatch:
                return StringMatcherConverter.Convert(wire.StringMatch, runtime, scope.Field("string_match")) is { } text ? ValueMatcher.Text(text) : null;
            case Wire.ValueMatcher.MatchPatternOneofCase.BoolMatch:
                return ValueMatcher.Boolean(wire.BoolMatch);
            case Wire.ValueMatcher.MatchPatternOneofCase.PresentMatch:
                return ValueMatcher.Present(wire.PresentMatch);
            case Wire.ValueMatcher.MatchPatternOneofCase.ListMatch when wire.ListMatch.OneOf is { } item:
                return Convert(item, runtime, scope.Field("list_match").Field("one_of")) is { } one ? ValueMatcher.OneOf(one) : null;
            case Wire.ValueMatcher.MatchPatternOneofCase.OrMatch:
                return AnyOf(wire.OrMatch, runtime, scope.Field("or_match").Field("value_matchers"));
            default:
                scope.Error("found no match pattern, expected one of null_match, double_match, string_match, bool_match, present_match, list_match, or_match");
                return null;
        }
    }

    private static ValueMatcher? AnyOf(Wire.OrMatcher wire, LayeredRuntime runtime, ConfigScope scope)
    {
        var matchers = new List<ValueMatcher>(wire.ValueMatchers.Count);
        for (int i = 0; i < wire.ValueMatchers.Count; i++)
        {
            if (Convert(wire.ValueMatchers[i], runtime, scope.Item(i)) is { } matcher)
            {
                matchers.Add(matcher);
            }
        }

        return matchers.Count == wire.ValueMatchers.Count ? ValueMatcher.AnyOf(matchers) : null;
    }

    private static ValueMatcher? Number(Wire.DoubleMatcher wire, ConfigScope scope)
    {
        switch (wire.MatchPatternCase)
        {
            case Wire.DoubleMatcher.MatchPatternOneofCase.Range:
                return ValueMatcher.Range(wire.Range.Start, wire.Range.End);
            case Wire.DoubleMatcher.MatchPatternOneofCase.Exact:
                return ValueMatcher.Number(wire.Exact);
            default:
                scope.Error("found no match pattern, expected one of range, exact");
                return null;
        }
    }
}
