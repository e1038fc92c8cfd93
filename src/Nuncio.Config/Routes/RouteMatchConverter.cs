using Nuncio.Config.Errors;
using Nuncio.Config.Matching;
using Nuncio.Config.Runtime;
using Nuncio.Core.Matching;
using Nuncio.Core.Routing;
using Nuncio.Core.Runtime;
using Wire = Envoy.Config.Route.V3.RouteMatch;

namespace Nuncio.Config.Routes;

/// <summary>Wire message to match rule. Stateless; any thread.</summary>
internal static class RouteMatchConverter
{
    /// <summary>The rule; null after an error. <paramref name="scope"/> is the place of the RouteMatch.</summary>
    internal static RouteMatcher? Convert(Wire message, RouteContext context, ConfigScope scope)
    {
        LayeredRuntime runtime = context.Runtime;
        RouteMatcher? path = ConvertPath(message, runtime, scope);
        HeaderMatcher[]? headers = HeaderMatcherConverter.ConvertAll(message.Headers, runtime, scope.Field("headers"));
        QueryMatcher[]? query = QueryMatcherConverter.ConvertAll(message.QueryParameters, runtime, scope.Field("query_parameters"));
        RuntimeFraction? fraction = message.RuntimeFraction is { } share ? RuntimeFractionConverter.Convert(share, runtime) : null;
        return path is null || headers is null || query is null ? null : path.With(fraction, headers, query);
    }

    private static RouteMatcher? ConvertPath(Wire message, LayeredRuntime runtime, ConfigScope scope)
    {
        bool caseSensitive = message.CaseSensitive ?? true;
        switch (message.PathSpecifierCase)
        {
            case Wire.PathSpecifierOneofCase.Prefix:
                return RouteMatcher.ForPath(PathMatchKind.Prefix, message.Prefix, caseSensitive);
            case Wire.PathSpecifierOneofCase.Path:
                return RouteMatcher.ForPath(PathMatchKind.Exact, message.Path, caseSensitive);
            case Wire.PathSpecifierOneofCase.PathSeparatedPrefix:
                string prefix = message.PathSeparatedPrefix;
                if (prefix.Length < 2 || prefix.EndsWith('/') || prefix.AsSpan().ContainsAny('?', '#'))
                {
                    scope.Field("path_separated_prefix").Error($"found '{prefix}', expected a prefix without '?', '#' and a '/' at its end");
                    return null;
                }

                return RouteMatcher.ForPath(PathMatchKind.SeparatedPrefix, prefix, caseSensitive);
            case Wire.PathSpecifierOneofCase.SafeRegex:
                Re2Regex? regex = RegexConverter.Convert(message.SafeRegex, runtime, scope.Field("safe_regex"));
                return regex is null ? null : RouteMatcher.ForRegex(regex);
            case Wire.PathSpecifierOneofCase.PathMatchPolicy:
                return UriTemplateConverter.ConvertMatch(message.PathMatchPolicy, scope.Field("path_match_policy").Field("typed_config"));
            default:
                scope.Error("found no path rule, expected one of prefix, path, path_separated_prefix, safe_regex, path_match_policy");
                return null;
        }
    }
}
