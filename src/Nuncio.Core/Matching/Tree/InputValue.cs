using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Nuncio.Http.Headers;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Matching.Tree;

/// <summary>
/// What an input has, for as long as one test runs: text as bytes that are borrowed or put together here, an address whose text is
/// only made when asked for, or a value of metadata.
/// </summary>
/// <remarks>Lives on the stack of the test, which gives it room and disposes of it; longer texts take a pooled array.</remarks>
public ref struct InputValue
{
    /// <summary>Bytes of stack a test gives.</summary>
    public const int RoomSize = 256;

    /// <summary>More than any IPv6 address with a scope has.</summary>
    private const int LongestAddress = 64;

    private readonly Span<byte> _room;
    private byte[]? _rented;
    private int _length;
    private ReadOnlySpan<byte> _text;
    private NetworkAddress? _address;

    /// <summary>A value that is missing, with room for text to be put together.</summary>
    public InputValue(Span<byte> room) => _room = room;

    /// <summary>Whether it is there.</summary>
    public InputState State { readonly get; private set; }

    /// <summary>The text; empty for metadata.</summary>
    public readonly ReadOnlySpan<byte> Text => _address is null ? _text : _address.IpUtf8;

    /// <summary>The value of metadata; null may be a value.</summary>
    public object? Metadata { readonly get; private set; }

    /// <summary>Whether there is a value of metadata.</summary>
    public bool HasMetadata { readonly get; private set; }

    /// <summary>It may be there later.</summary>
    public void SetUnavailable() => State = InputState.Unavailable;

    /// <summary>Text that stays where it is while the test runs.</summary>
    public void Set(ReadOnlySpan<byte> text)
    {
        _text = text;
        State = InputState.Present;
    }

    /// <summary>The IP of an address; missing for others.</summary>
    public void SetIp(NetworkAddress? address)
    {
        if (address is { IsIp: true })
        {
            _address = address;
            State = InputState.Present;
        }
    }

    /// <summary>A value of metadata.</summary>
    /// <param name="value">The value; null may be one.</param>
    /// <param name="there">False: there is none, which tests on metadata are still asked about (Envoy).</param>
    public void SetMetadata(object? value, bool there)
    {
        Metadata = value;
        HasMetadata = there;
        State = InputState.Present;
    }

    /// <summary>Adds text to what was added before.</summary>
    public void Append(scoped ReadOnlySpan<byte> text)
    {
        text.CopyTo(Reserve(text.Length));
        Advance(text.Length);
    }

    /// <summary>Adds text to what was added before.</summary>
    public void Append(string text) => Advance(Encoding.UTF8.GetBytes(text, Reserve(3 * text.Length)));

    /// <summary>Adds a number to what was added before.</summary>
    public void Append(int number)
    {
        Utf8Formatter.TryFormat(number, Reserve(11), out int written);
        Advance(written);
    }

    /// <summary>The values of a header, joined with commas; missing when there are none.</summary>
    public void SetJoined(HeaderValues values)
    {
        if (!values.MoveNext())
        {
            return;
        }

        Set(values.Current);
        ReadOnlySpan<byte> first = values.Current;
        while (values.MoveNext())
        {
            if (_length == 0)
            {
                Append(first);
            }

            Append(","u8);
            Append(values.Current);
        }
    }

    /// <summary>The IP that the text is; false when it is none.</summary>
    public readonly bool TryGetAddress([NotNullWhen(true)] out NetworkAddress? address)
    {
        address = _address;
        if (address is not null)
        {
            return true;
        }

        Span<char> chars = stackalloc char[LongestAddress];
        return _text.Length is > 0 and <= LongestAddress && Ascii.ToUtf16(_text, chars, out int length) == OperationStatus.Done
            && NetworkAddress.TryParseIp(chars[..length], 0, out address);
    }

    /// <summary>Gives the pooled array back.</summary>
    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
            _rented = null;
        }
    }

    private Span<byte> Reserve(int more)
    {
        Span<byte> room = _rented is null ? _room : _rented;
        if (room.Length - _length < more)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + more, 2 * room.Length));
            room[.._length].CopyTo(larger);
            Dispose();
            _rented = larger;
            room = larger;
        }

        return room[_length..];
    }

    private void Advance(int written)
    {
        _length += written;
        Set((_rented is null ? _room : _rented)[.._length]);
    }
}

/// <summary>Whether an input has a value.</summary>
public enum InputState : byte
{
    /// <summary>It has none: no match.</summary>
    Missing,

    /// <summary>It has one.</summary>
    Present,

    /// <summary>That is not known yet.</summary>
    Unavailable,
}
