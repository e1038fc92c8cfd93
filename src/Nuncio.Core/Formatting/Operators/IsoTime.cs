using Nuncio.Base.Buffers;

namespace Nuncio.Core.Formatting.Operators;

/// <summary>
/// Prints <c>2024-05-06T07:08:09.123Z</c>, and with an offset <c>2024-05-06T09:08:09.123+02:00</c>. The part up to the second is
/// kept from one call to the next: a busy worker prints the same one thousands of times. State: one per thread.
/// </summary>
internal static class IsoTime
{
    private const int PrefixLength = 20;

    [ThreadStatic]
    private static byte[]? t_prefix;

    [ThreadStatic]
    private static long t_prefixSecond;

    internal static void Append(long utcTicks, TimeSpan offset, ByteWriter into)
    {
        long localTicks = utcTicks + offset.Ticks;
        long second = localTicks / TimeSpan.TicksPerSecond;
        byte[] prefix = t_prefix ??= new byte[PrefixLength];
        if (second != t_prefixSecond)
        {
            WritePrefix(new DateTime(localTicks, DateTimeKind.Utc), prefix);
            t_prefixSecond = second;
        }

        Span<byte> room = into.Reserve(PrefixLength + 10);
        prefix.CopyTo(room);
        Digits(room[PrefixLength..], (int)(localTicks / TimeSpan.TicksPerMillisecond % 1000), 3);
        int length = PrefixLength + 3;
        if (offset == default)
        {
            room[length++] = (byte)'Z';
        }
        else
        {
            int minutes = Math.Abs((int)offset.TotalMinutes);
            room[length] = offset < TimeSpan.Zero ? (byte)'-' : (byte)'+';
            Digits(room[(length + 1)..], minutes / 60, 2);
            room[length + 3] = (byte)':';
            Digits(room[(length + 4)..], minutes % 60, 2);
            length += 6;
        }

        into.Advance(length);
    }

    /// <summary>Writes a number with leading zeros.</summary>
    internal static void Digits(Span<byte> into, int number, int width)
    {
        for (int i = width - 1; i >= 0; i--)
        {
            into[i] = (byte)('0' + (number % 10));
            number /= 10;
        }
    }

    private static void WritePrefix(DateTime time, Span<byte> into)
    {
        "0000-00-00T00:00:00."u8.CopyTo(into);
        Digits(into, time.Year, 4);
        Digits(into[5..], time.Month, 2);
        Digits(into[8..], time.Day, 2);
        Digits(into[11..], time.Hour, 2);
        Digits(into[14..], time.Minute, 2);
        Digits(into[17..], time.Second, 2);
    }
}
