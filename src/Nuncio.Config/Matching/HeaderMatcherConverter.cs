using Nuncio.Config.Errors;
using Nuncio.Core.Matching;
using Nuncio.Core.Runtime;
using Wire = Envoy.Config.Route.V3.HeaderMatcher;

namespace Nuncio.Config.Matching;

/// <summary>Wire message to header matcher, the deprecated forms included. Stateless; any thread.</summary>
public static class HeaderMatcherConverter
{
    /// <summary>The matcher; null after an error. <paramref name="scope"/> is the place of the HeaderMatcher.</summary>
    public static HeaderMatcher? Convert(Wire message, LayeredRuntime runtime, ConfigScope scope)
    {
        if (!HeaderKey.TryCreateForRequest(message.Name, out HeaderKey key))
        {
            scope.Field("name").Error($"found '{message.Name}', expected a header name");
            return null;
        }

        bool invert = message.InvertMatch;
        bool missing = message.TreatMissingHeaderAsEmpty;
        switch (message.HeaderMatchSpecifierCase)
        {
            case Wire.HeaderMatchSpecifierOneofCase.None:
                return HeaderMatcher.Presence(key, present: true, invert, missing);
            case Wire.HeaderMatchSpecifierOneofCase.PresentMatch:
                return HeaderMatcher.Presence(key, message.PresentMatch, invert, missing);
            case Wire.HeaderMatchSpecifierOneofCase.RangeMatch:
                return HeaderMatcher.Range(key, message.RangeMatch.Start, message.RangeMatch.End, invert, missing);
            default:
                return Text(message, key, runtime, scope);
        }
    }

    /// <summary>The matchers of a list; null after an error.</summary>
    public static HeaderMatcher[]? ConvertAll(IReadOnlyList<Wire> messages, LayeredRuntime runtime, ConfigScope scope)
    {
        var matchers = new List<HeaderMatcher>(messages.Count);
        for (int i = 0; i < messages.Count; i++)
        {
            if (Convert(messages[i], runtime, scope.Item(i)) is { } matcher)
            {
                matchers.Add(matcher);
            }
        }

        return matchers.Count == messages.Count ? [.. matchers] : null;
    }

    private static HeaderMatcher? Text(Wire message, HeaderKey key, LayeredRuntime runtime, ConfigScope scope)
    {
        bool invert = message.InvertMatch;
        bool missing = message.TreatMissingHeaderAsEmpty;
        StringMatcher? text;
        switch (message.HeaderMatchSpecifierCase)
        {
            case Wire.HeaderMatchSpecifierOneofCase.ExactMatch when message.ExactMatch.Length == 0:
                return HeaderMatcher.AnyText(key, invert, missing);
            case Wire.HeaderMatchSpecifierOneofCase.ExactMatch:
                text = new StringMatcher(StringMatchKind.Exact, message.ExactMatch);
                break;
            case Wire.HeaderMatchSpecifierOneofCase.PrefixMatch:
                text = new StringMatcher(StringMatchKind.Prefix, message.PrefixMatch);
                break;
            case Wire.HeaderMatchSpecifierOneofCase.SuffixMatch:
                text = new StringMatcher(StringMatchKind.Suffix, message.SuffixMatch);
                break;
            case Wire.HeaderMatchSpecifierOneofCase.ContainsMatch:
                text = new StringMatcher(StringMatchKind.Contains, message.ContainsMatch);
                break;
            case Wire.HeaderMatchSpecifierOneofCase.SafeRegexMatch:
                Re2Regex? regex = RegexConverter.Convert(message.SafeRegexMatch, runtime, scope.Field("safe_regex_match"));
                text = regex is null ? null : new StringMatcher(regex);
                break;
            default:
                text = StringMatcherConverter.Convert(message.StringMatch, runtime, scope.Field("string_match"));
                break;
        }

        return text is null ? null : HeaderMatcher.Text(key, text, invert, missing);
    }
}
