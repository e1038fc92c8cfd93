using Google.Protobuf;
using Nuncio.Config.Errors;
using Nuncio.Core.Matching;
using Nuncio.Core.Runtime;
using Wire = Envoy.Type.Matcher.V3.StringMatcher;
using XdsWire = Xds.Type.Matcher.V3.StringMatcher;

namespace Nuncio.Config.Matching;

/// <summary>Wire message to text matcher. Stateless; any thread.</summary>
public static class StringMatcherConverter
{
    /// <summary>The matcher; null after an error. <paramref name="scope"/> is the place of the StringMatcher.</summary>
    public static StringMatcher? Convert(Wire message, LayeredRuntime runtime, ConfigScope scope)
    {
        switch (message.MatchPatternCase)
        {
            case Wire.MatchPatternOneofCase.Exact:
                return new StringMatcher(StringMatchKind.Exact, message.Exact, message.IgnoreCase);
            case Wire.MatchPatternOneofCase.Prefix:
                return Part(StringMatchKind.Prefix, message.Prefix, message.IgnoreCase, scope.Field("prefix"));
            case Wire.MatchPatternOneofCase.Suffix:
                return Part(StringMatchKind.Suffix, message.Suffix, message.IgnoreCase, scope.Field("suffix"));
            case Wire.MatchPatternOneofCase.Contains:
                return Part(StringMatchKind.Contains, message.Contains, message.IgnoreCase, scope.Field("contains"));
            case Wire.MatchPatternOneofCase.SafeRegex:
                if (message.IgnoreCase)
                {
                    scope.Field("ignore_case").Error("ignore_case has no effect for safe_regex; write (?i) in the regular expression");
                }

                Re2Regex? regex = RegexConverter.Convert(message.SafeRegex, runtime, scope.Field("safe_regex"));
                return regex is null ? null : new StringMatcher(regex);
            default:
                scope.Error("found no match pattern, expected one of exact, prefix, suffix, contains, safe_regex");
                return null;
        }
    }

    /// <summary>The same of the other message of this name: fields and numbers are those of the first.</summary>
    public static StringMatcher? Convert(XdsWire message, LayeredRuntime runtime, ConfigScope scope) =>
        Convert(Wire.Parser.ParseFrom(message.ToByteString()), runtime, scope);

    /// <summary>The matchers of a list; null after an error.</summary>
    public static StringMatcher[]? ConvertAll(IReadOnlyList<Wire> messages, LayeredRuntime runtime, ConfigScope scope)
    {
        var matchers = new List<StringMatcher>(messages.Count);
        for (int i = 0; i < messages.Count; i++)
        {
            if (Convert(messages[i], runtime, scope.Item(i)) is { } matcher)
            {
                matchers.Add(matcher);
            }
        }

        return matchers.Count == messages.Count ? [.. matchers] : null;
    }

    private static StringMatcher? Part(StringMatchKind kind, string text, bool ignoreCase, ConfigScope scope)
    {
        if (text.Length > 0)
        {
            return new StringMatcher(kind, text, ignoreCase);
        }

        scope.Error("found an empty text, expected at least one character");
        return null;
    }
}
