using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Nuncio.Http.Headers;

namespace Nuncio.Http.Http1;

/// <summary>
/// The two inner loops of head parsing, sixteen bytes at a time: a name is checked and lower-cased while it is copied, a value is
/// checked while it is copied. Stateless; any thread.
/// </summary>
internal static class FieldScanner
{
    /// <summary>
    /// Bit h of entry l is set when the byte with high half h and low half l is a token byte (RFC 9110 section 5.6.2): two
    /// shuffles decide sixteen bytes. A property of constants, because the JIT folds those and not a field.
    /// </summary>
    private static Vector128<byte> TokenRows => Vector128.Create(
        (byte)0xe8, 0xfc, 0xf8, 0xfc, 0xfc, 0xfc, 0xfc, 0xfc,
        0xf8, 0xf8, 0xf4, 0x54, 0xd0, 0x54, 0xf4, 0x70);

    private static Vector128<byte> HighBits => Vector128.Create((byte)1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>
    /// Copies the name that <paramref name="line"/> begins with in lower case; returns its length, or -1 when it is empty, not a
    /// token or not followed directly by a colon. Up to 16 bytes more than the line's length are written.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int CopyName(ReadOnlySpan<byte> line, ref byte destination)
    {
        ref byte source = ref MemoryMarshal.GetReference(line);
        int at = 0;
        while (line.Length - at >= Vector128<byte>.Count)
        {
            // Safety: at least 16 bytes of the line remain; the destination has room for the line and 16 bytes.
            Vector128<byte> bytes = Vector128.LoadUnsafe(ref source, (nuint)at);
            Vector128<byte> high = Vector128.ShiftRightLogical(bytes.AsUInt16(), 4).AsByte() & Vector128.Create((byte)0x0f);
            Vector128<byte> row = Vector128.ShuffleNative(TokenRows, bytes & Vector128.Create((byte)0x0f));
            Vector128<byte> bit = Vector128.ShuffleNative(HighBits, high);
            uint others = Vector128.Equals(row & bit, Vector128<byte>.Zero).ExtractMostSignificantBits();
            Vector128<byte> fromA = bytes - Vector128.Create((byte)'A');
            Vector128<byte> isUpper = Vector128.Equals(Vector128.Min(fromA, Vector128.Create((byte)25)), fromA);
            (bytes | (isUpper & Vector128.Create((byte)0x20))).StoreUnsafe(ref destination, (nuint)at);
            if (others != 0)
            {
                at += BitOperations.TrailingZeroCount(others);
                return at > 0 && Unsafe.Add(ref source, at) == (byte)':' ? at : -1;
            }

            at += Vector128<byte>.Count;
        }

        return CopyNameTail(line, at, ref destination);
    }

    /// <summary>
    /// Copies a value; false when it contains a control character other than TAB (RFC 9110 section 5.5). At most as many bytes as
    /// the value has are written.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryCopyValue(ReadOnlySpan<byte> value, ref byte destination)
    {
        ref byte source = ref MemoryMarshal.GetReference(value);
        int length = value.Length;
        if (length >= Vector128<byte>.Count)
        {
            // Safety: all loads and stores are within the value's length; the last two may overlap.
            nuint at = 0;
            nuint last = (nuint)(length - Vector128<byte>.Count);
            Vector128<byte> bytes;
            Vector128<byte> bad = Vector128<byte>.Zero;
            for (; at < last; at += (nuint)Vector128<byte>.Count)
            {
                bytes = Vector128.LoadUnsafe(ref source, at);
                bytes.StoreUnsafe(ref destination, at);
                bad |= Controls(bytes);
            }

            bytes = Vector128.LoadUnsafe(ref source, last);
            bytes.StoreUnsafe(ref destination, last);
            return (bad | Controls(bytes)) == Vector128<byte>.Zero;
        }

        if (length >= sizeof(uint))
        {
            return TryCopyHalf(ref source, length, ref destination);
        }

        for (int i = 0; i < length; i++)
        {
            byte b = Unsafe.Add(ref source, i);
            Unsafe.Add(ref destination, i) = b;
            if (b is (< 0x20 and not (byte)'\t') or 0x7f)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a value that is not copied is free of control characters.</summary>
    internal static bool IsValue(ReadOnlySpan<byte> value)
    {
        foreach (byte b in value)
        {
            if (b is (< 0x20 and not (byte)'\t') or 0x7f)
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryCopyHalf(ref byte source, int length, ref byte destination)
    {
        Vector128<byte> bytes;
        if (length >= sizeof(ulong))
        {
            ulong first = Unsafe.ReadUnaligned<ulong>(ref source);
            ulong last = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, length - sizeof(ulong)));
            Unsafe.WriteUnaligned(ref destination, first);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref destination, length - sizeof(ulong)), last);
            bytes = Vector128.Create(first, last).AsByte();
        }
        else
        {
            uint first = Unsafe.ReadUnaligned<uint>(ref source);
            uint last = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref source, length - sizeof(uint)));
            Unsafe.WriteUnaligned(ref destination, first);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref destination, length - sizeof(uint)), last);
            bytes = Vector128.Create(first, last, first, last).AsByte();
        }

        return Controls(bytes) == Vector128<byte>.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Controls(Vector128<byte> bytes)
    {
        Vector128<byte> low = Vector128.Equals(Vector128.Min(bytes, Vector128.Create((byte)0x1f)), bytes);
        Vector128<byte> tab = Vector128.Equals(bytes, Vector128.Create((byte)'\t'));
        Vector128<byte> delete = Vector128.Equals(bytes, Vector128.Create((byte)0x7f));
        return Vector128.AndNot(low, tab) | delete;
    }

    private static int CopyNameTail(ReadOnlySpan<byte> line, int at, ref byte destination)
    {
        ReadOnlySpan<byte> lower = HeaderName.LowerTable;
        for (; at < line.Length; at++)
        {
            byte b = lower[line[at]];
            if (b == 0)
            {
                return at > 0 && line[at] == (byte)':' ? at : -1;
            }

            Unsafe.Add(ref destination, at) = b;
        }

        return -1;
    }
}
