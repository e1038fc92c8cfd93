using System.Buffers.Binary;
using System.Text;

namespace Nuncio.Server.HotRestart;

/// <summary>
/// Reads one message. What is missing reads as 0 or as an empty text and makes <see cref="IsWrong"/> true, so that a caller asks once, at the end.
/// </summary>
internal ref struct MessageReader
{
    private ReadOnlySpan<byte> _left;

    internal MessageReader(ReadOnlySpan<byte> message)
    {
        _left = message;
        Kind = (RestartMessage)Byte();
    }

    /// <summary>What it is.</summary>
    internal RestartMessage Kind { get; }

    /// <summary>Whether something was missing or too long.</summary>
    internal bool IsWrong { get; private set; }

    /// <summary>Whether there is more to read.</summary>
    internal readonly bool HasMore => !_left.IsEmpty && !IsWrong;

    internal byte Byte()
    {
        ReadOnlySpan<byte> one = Take(1);
        return one.IsEmpty ? (byte)0 : one[0];
    }

    internal long Number()
    {
        ReadOnlySpan<byte> eight = Take(sizeof(long));
        return eight.IsEmpty ? 0 : BinaryPrimitives.ReadInt64LittleEndian(eight);
    }

    internal string Text()
    {
        ReadOnlySpan<byte> four = Take(sizeof(int));
        int length = four.IsEmpty ? 0 : BinaryPrimitives.ReadInt32LittleEndian(four);
        if (length is < 0 or > RestartProtocol.MaxText)
        {
            IsWrong = true;
            return "";
        }

        return Encoding.UTF8.GetString(Take(length));
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (IsWrong || _left.Length < count)
        {
            IsWrong = true;
            return default;
        }

        ReadOnlySpan<byte> taken = _left[..count];
        _left = _left[count..];
        return taken;
    }
}
