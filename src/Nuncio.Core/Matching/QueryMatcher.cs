using System.Text;

namespace Nuncio.Core.Matching;

/// <summary>
/// A test on one query parameter: on its first value, as it was sent (percent signs are not decoded). Envoy:
/// route.v3.QueryParameterMatcher. Immutable; any thread.
/// </summary>
public sealed class QueryMatcher
{
    private readonly byte[] _name;
    private readonly StringMatcher? _text;
    private readonly bool _present;

    /// <summary>A test for the parameter's value.</summary>
    public QueryMatcher(string name, StringMatcher text)
    {
        _name = Encoding.UTF8.GetBytes(name);
        _text = text;
        _present = true;
    }

    /// <summary>A test for the parameter being there, or not.</summary>
    public QueryMatcher(string name, bool present)
    {
        _name = Encoding.UTF8.GetBytes(name);
        _present = present;
    }

    /// <summary>Whether all the matchers say yes; so when there are none.</summary>
    /// <param name="matchers">The tests.</param>
    /// <param name="query">What follows the question mark; empty without one.</param>
    public static bool AllMatch(QueryMatcher[] matchers, ReadOnlySpan<byte> query)
    {
        foreach (QueryMatcher matcher in matchers)
        {
            if (!matcher.Matches(query))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The answer.</summary>
    public bool Matches(ReadOnlySpan<byte> query)
    {
        bool found = TryFind(query, out ReadOnlySpan<byte> value);
        return _text is null ? found == _present : found && _text.Matches(value);
    }

    private bool TryFind(ReadOnlySpan<byte> query, out ReadOnlySpan<byte> value)
    {
        while (!query.IsEmpty)
        {
            int end = query.IndexOf((byte)'&');
            ReadOnlySpan<byte> pair = end < 0 ? query : query[..end];
            query = end < 0 ? default : query[(end + 1)..];
            int equals = pair.IndexOf((byte)'=');
            if ((equals < 0 ? pair : pair[..equals]).SequenceEqual(_name))
            {
                value = equals < 0 ? default : pair[(equals + 1)..];
                return true;
            }
        }

        value = default;
        return false;
    }
}
