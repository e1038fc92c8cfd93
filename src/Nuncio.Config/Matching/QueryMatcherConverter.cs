using Envoy.Config.Route.V3;
using Nuncio.Config.Errors;
using Nuncio.Core.Matching;
using Nuncio.Core.Runtime;

namespace Nuncio.Config.Matching;

/// <summary>Wire message to query parameter matcher. Stateless; any thread.</summary>
public static class QueryMatcherConverter
{
    /// <summary>The matcher; null after an error. <paramref name="scope"/> is the place of the QueryParameterMatcher.</summary>
    public static QueryMatcher? Convert(QueryParameterMatcher message, LayeredRuntime runtime, ConfigScope scope)
    {
        switch (message.QueryParameterMatchSpecifierCase)
        {
            case QueryParameterMatcher.QueryParameterMatchSpecifierOneofCase.StringMatch:
                StringMatcher? text = StringMatcherConverter.Convert(message.StringMatch, runtime, scope.Field("string_match"));
                return text is null ? null : new QueryMatcher(message.Name, text);
            case QueryParameterMatcher.QueryParameterMatchSpecifierOneofCase.PresentMatch:
                return new QueryMatcher(message.Name, message.PresentMatch);
            default:
                return new QueryMatcher(message.Name, present: true);
        }
    }

    /// <summary>The matchers of a list; null after an error.</summary>
    public static QueryMatcher[]? ConvertAll(IReadOnlyList<QueryParameterMatcher> messages, LayeredRuntime runtime, ConfigScope scope)
    {
        var matchers = new List<QueryMatcher>(messages.Count);
        for (int i = 0; i < messages.Count; i++)
        {
            if (Convert(messages[i], runtime, scope.Item(i)) is { } matcher)
            {
                matchers.Add(matcher);
            }
        }

        return matchers.Count == messages.Count ? [.. matchers] : null;
    }
}
