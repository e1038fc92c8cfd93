using System.Text;
using Nuncio.Core.Matching;
using Nuncio.Core.Runtime;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Routing;

/// <summary>
/// What a request must look like for a route. Envoy: route.v3.RouteMatch. Immutable; any thread. No allocation to ask it.
/// </summary>
public sealed class RouteMatcher
{
    private readonly byte[] _path;
    private readonly bool _ignoreCase;
    private readonly Re2Regex? _regex;

    private RouteMatcher(PathMatchKind kind, byte[] path, bool ignoreCase, Re2Regex? regex, UriTemplate? template = null)
    {
        Template = template;
        PathKind = kind;
        _path = ignoreCase ? AsciiCase.ToLower(path) : path;
        _ignoreCase = ignoreCase;
        _regex = regex;
    }

    /// <summary>The kind of path rule.</summary>
    public PathMatchKind PathKind { get; }

    /// <summary>The template, where the path rule is one.</summary>
    public UriTemplate? Template { get; }

    /// <summary>The share of requests taken; null all.</summary>
    public RuntimeFraction? Fraction { get; init; }

    /// <summary>Tests on headers; all must say yes.</summary>
    public HeaderMatcher[] Headers { get; init; } = [];

    /// <summary>Tests on query parameters; all must say yes.</summary>
    public QueryMatcher[] Query { get; init; } = [];

    /// <summary>The bytes that every path begins with which the rule takes; null where case or a pattern lets them vary.</summary>
    internal byte[]? IndexedPath => PathKind == PathMatchKind.Regex || _ignoreCase ? null : _path;

    /// <summary>A rule on the path's text.</summary>
    public static RouteMatcher ForPath(PathMatchKind kind, string path, bool caseSensitive = true) =>
        new(kind, Encoding.UTF8.GetBytes(path), !caseSensitive, null);

    /// <summary>A rule that a pattern match the whole path.</summary>
    public static RouteMatcher ForRegex(Re2Regex regex) => new(PathMatchKind.Regex, [], false, regex);

    /// <summary>A rule that the path be of a template's form.</summary>
    public static RouteMatcher ForTemplate(UriTemplate template) =>
        new(PathMatchKind.Template, template.Beginning, false, null, template);

    /// <summary>The same path rule with other tests.</summary>
    public RouteMatcher With(RuntimeFraction? fraction, HeaderMatcher[] headers, QueryMatcher[] query) =>
        new(PathKind, _path, _ignoreCase, _regex, Template) { Fraction = fraction, Headers = headers, Query = query };

    /// <summary>How much of a path the rule covers: what prefix_rewrite replaces.</summary>
    internal int MatchedLength(ReadOnlySpan<byte> path) =>
        PathKind is PathMatchKind.Regex or PathMatchKind.Template ? PathRewrite.WithoutQuery(path).Length : _path.Length;

    /// <summary>Whether the request is one of the route's.</summary>
    /// <param name="headers">The request.</param>
    /// <param name="random">The stream's random bits.</param>
    /// <param name="path">Its path without query and fragment.</param>
    /// <param name="query">What follows the question mark.</param>
    internal bool Matches(HeaderMap headers, ulong random, ReadOnlySpan<byte> path, ReadOnlySpan<byte> query) =>
        MatchesPath(path)
        && (Fraction is null || Fraction.Includes(random))
        && HeaderMatcher.AllMatch(Headers, headers)
        && QueryMatcher.AllMatch(Query, query);

    private bool MatchesPath(ReadOnlySpan<byte> path) => PathKind switch
    {
        PathMatchKind.Prefix => StartsWith(path),
        PathMatchKind.Exact => path.Length == _path.Length && StartsWith(path),
        PathMatchKind.SeparatedPrefix => StartsWith(path) && (path.Length == _path.Length || path[_path.Length] == (byte)'/'),
        PathMatchKind.Template => Template!.IsMatch(path),
        _ => _regex!.IsFullMatch(path),
    };

    private bool StartsWith(ReadOnlySpan<byte> path) => _ignoreCase ? AsciiCase.StartsWithLower(path, _path) : path.StartsWith(_path);
}

/// <summary>Kinds of path rules. All look at the path without query and fragment.</summary>
public enum PathMatchKind : byte
{
    /// <summary>The path begins so.</summary>
    Prefix,

    /// <summary>The path is this.</summary>
    Exact,

    /// <summary>The path is this, or goes on with a slash.</summary>
    SeparatedPrefix,

    /// <summary>A regular expression matches the path.</summary>
    Regex,

    /// <summary>The path is of a template's form.</summary>
    Template,
}
