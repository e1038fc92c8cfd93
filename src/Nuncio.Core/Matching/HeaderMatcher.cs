using System.Buffers;
using System.Buffers.Text;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Matching;

/// <summary>
/// A test on one header of a message. Several values of a header are one text, joined with commas. Envoy:
/// route.v3.HeaderMatcher. Immutable; any thread.
/// </summary>
public sealed class HeaderMatcher
{
    private readonly HeaderKey _key;
    private readonly Kind _kind;
    private readonly bool _invert;
    private readonly bool _missingIsEmpty;
    private readonly bool _present;
    private readonly StringMatcher? _text;
    private readonly long _rangeStart;
    private readonly long _rangeEnd;

    private HeaderMatcher(
        Kind kind, HeaderKey key, bool invert, bool missingIsEmpty, bool present, StringMatcher? text, long start, long end)
    {
        _kind = kind;
        _key = key;
        _invert = invert;
        _missingIsEmpty = missingIsEmpty;
        _present = present;
        _text = text;
        _rangeStart = start;
        _rangeEnd = end;
    }

    private enum Kind : byte
    {
        Presence,
        Range,
        Text,
        AnyText,
    }

    /// <summary>Whether the header is there, or with <paramref name="present"/> false, whether it is not.</summary>
    public static HeaderMatcher Presence(HeaderKey key, bool present, bool invert = false, bool missingIsEmpty = false) =>
        new(Kind.Presence, key, invert, missingIsEmpty, present, null, 0, 0);

    /// <summary>Whether the value is a decimal number from <paramref name="start"/> up to, not including, <paramref name="end"/>.</summary>
    public static HeaderMatcher Range(HeaderKey key, long start, long end, bool invert = false, bool missingIsEmpty = false) =>
        new(Kind.Range, key, invert, missingIsEmpty, true, null, start, end);

    /// <summary>What a text matcher says of the value.</summary>
    public static HeaderMatcher Text(HeaderKey key, StringMatcher text, bool invert = false, bool missingIsEmpty = false) =>
        new(Kind.Text, key, invert, missingIsEmpty, true, text, 0, 0);

    /// <summary>Any value will do: what an empty <c>exact_match</c> means in Envoy.</summary>
    public static HeaderMatcher AnyText(HeaderKey key, bool invert = false, bool missingIsEmpty = false) =>
        new(Kind.AnyText, key, invert, missingIsEmpty, true, null, 0, 0);

    /// <summary>Whether all the matchers say yes; so when there are none.</summary>
    public static bool AllMatch(HeaderMatcher[] matchers, HeaderMap headers)
    {
        foreach (HeaderMatcher matcher in matchers)
        {
            if (!matcher.Matches(headers))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The answer.</summary>
    public bool Matches(HeaderMap headers)
    {
        if (_kind == Kind.Presence)
        {
            return (_missingIsEmpty || _key.IsIn(headers)) ? _present != _invert : _present == _invert;
        }

        // Envoy: a missing header fails the test whatever invert_match says, unless it counts as empty.
        HeaderValues values = _key.GetAll(headers);
        bool there = values.MoveNext();
        if (!there && !_missingIsEmpty)
        {
            return false;
        }

        ReadOnlySpan<byte> first = there ? values.Current : default;
        bool matches = there && values.MoveNext() ? MatchesJoined(first, values) : MatchesValue(first);
        return matches != _invert;
    }

    private bool MatchesValue(ReadOnlySpan<byte> value) => _kind switch
    {
        Kind.Range => TryParseInteger(value, out long number) && number >= _rangeStart && number < _rangeEnd,
        Kind.Text => _text!.Matches(value),
        _ => true,
    };

    /// <summary>
    /// Joins here and not in the map, which would keep every joined copy: thousands of routes may test the same header.
    /// </summary>
    private bool MatchesJoined(ReadOnlySpan<byte> first, HeaderValues values)
    {
        int length = first.Length;
        HeaderValues counting = values;
        do
        {
            length += 1 + counting.Current.Length;
        }
        while (counting.MoveNext());

        byte[] joined = ArrayPool<byte>.Shared.Rent(length);
        first.CopyTo(joined);
        int end = first.Length;
        do
        {
            joined[end++] = (byte)',';
            values.Current.CopyTo(joined.AsSpan(end));
            end += values.Current.Length;
        }
        while (values.MoveNext());

        bool matches = MatchesValue(joined.AsSpan(0, end));
        ArrayPool<byte>.Shared.Return(joined);
        return matches;
    }

    private static bool TryParseInteger(ReadOnlySpan<byte> text, out long number)
    {
        text = text.Trim(" \t"u8);
        return Utf8Parser.TryParse(text, out number, out int used) && used == text.Length;
    }
}
