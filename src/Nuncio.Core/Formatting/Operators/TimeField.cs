using System.Globalization;
using Nuncio.Base.Buffers;

namespace Nuncio.Core.Formatting.Operators;

/// <summary>Prints one field of a time, as POSIX strftime does in the C locale. Stateless.</summary>
internal static class TimeField
{
    private static ReadOnlySpan<byte> Days => "SundayMondayTuesdayWednesdayThursdayFridaySaturday"u8;

    private static ReadOnlySpan<byte> Months => "JanuaryFebruaryMarchAprilMayJuneJulyAugustSeptemberOctoberNovemberDecember"u8;

    private static ReadOnlySpan<byte> DayEnds => [0, 6, 12, 19, 28, 36, 42, 50];

    private static ReadOnlySpan<byte> MonthEnds => [0, 7, 15, 20, 25, 28, 32, 36, 42, 51, 58, 66, 74];

    /// <summary>The field of a specifier's letter; null when there is none.</summary>
    internal static TimeFieldKind? Find(char letter) => letter switch
    {
        'Y' => TimeFieldKind.Year,
        'y' => TimeFieldKind.YearOfCentury,
        'C' => TimeFieldKind.Century,
        'G' => TimeFieldKind.IsoYear,
        'g' => TimeFieldKind.IsoYearOfCentury,
        'm' => TimeFieldKind.Month,
        'b' or 'h' => TimeFieldKind.MonthShort,
        'B' => TimeFieldKind.MonthName,
        'd' => TimeFieldKind.Day,
        'e' => TimeFieldKind.DayPadded,
        'j' => TimeFieldKind.DayOfYear,
        'a' => TimeFieldKind.WeekdayShort,
        'A' => TimeFieldKind.WeekdayName,
        'u' => TimeFieldKind.WeekdayIso,
        'w' => TimeFieldKind.Weekday,
        'U' => TimeFieldKind.WeekFromSunday,
        'W' => TimeFieldKind.WeekFromMonday,
        'V' => TimeFieldKind.WeekIso,
        'H' => TimeFieldKind.Hour,
        'I' => TimeFieldKind.Hour12,
        'k' => TimeFieldKind.HourPadded,
        'l' => TimeFieldKind.Hour12Padded,
        'M' => TimeFieldKind.Minute,
        'S' => TimeFieldKind.Second,
        'p' => TimeFieldKind.HalfDay,
        's' => TimeFieldKind.Epoch,
        'z' => TimeFieldKind.Offset,
        'Z' => TimeFieldKind.ZoneName,
        'F' => TimeFieldKind.IsoDate,
        'D' or 'x' => TimeFieldKind.UsDate,
        'T' or 'X' => TimeFieldKind.Time,
        'R' => TimeFieldKind.HourMinute,
        'r' => TimeFieldKind.Time12,
        'c' => TimeFieldKind.DateAndTime,
        _ => null,
    };

    internal static void Append(in TimeFormat.Part part, DateTime time, long utcTicks, TimeSpan offset, ByteWriter into)
    {
        switch (part.Kind)
        {
            case TimeFieldKind.Literal:
                into.Append(part.Literal);
                break;
            case TimeFieldKind.Epoch:
                into.Append((utcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond);
                break;
            case TimeFieldKind.Fraction:
                Fraction(utcTicks, part.Digits, withPoint: false, into);
                break;
            case TimeFieldKind.SecondsAndFraction:
                Number(into, time.Second, 2);
                Fraction(utcTicks, part.Digits, withPoint: true, into);
                break;
            case TimeFieldKind.Offset:
                Offset(offset, withColon: false, into);
                break;
            case TimeFieldKind.OffsetWithColon:
                Offset(offset, withColon: true, into);
                break;
            case TimeFieldKind.ZoneName:
                into.Append(offset == default ? "UTC" : TimeZoneInfo.Local.StandardName);
                break;
            default:
                Calendar(part.Kind, time, into);
                break;
        }
    }

    private static void Calendar(TimeFieldKind kind, DateTime time, ByteWriter into)
    {
        switch (kind)
        {
            case TimeFieldKind.IsoDate:
                Number(into, time.Year, 4, (byte)'-');
                Number(into, time.Month, 2, (byte)'-');
                Number(into, time.Day, 2);
                break;
            case TimeFieldKind.UsDate:
                Number(into, time.Month, 2, (byte)'/');
                Number(into, time.Day, 2, (byte)'/');
                Number(into, time.Year % 100, 2);
                break;
            case TimeFieldKind.Time:
                Number(into, time.Hour, 2, (byte)':');
                Number(into, time.Minute, 2, (byte)':');
                Number(into, time.Second, 2);
                break;
            case TimeFieldKind.HourMinute:
                Number(into, time.Hour, 2, (byte)':');
                Number(into, time.Minute, 2);
                break;
            case TimeFieldKind.Time12:
                Number(into, Hour12(time), 2, (byte)':');
                Number(into, time.Minute, 2, (byte)':');
                Number(into, time.Second, 2, (byte)' ');
                into.Append(time.Hour < 12 ? "AM"u8 : "PM"u8);
                break;
            case TimeFieldKind.DateAndTime:
                into.Append(Name(Days, DayEnds, (int)time.DayOfWeek)[..3]);
                into.Append((byte)' ');
                into.Append(Name(Months, MonthEnds, time.Month - 1)[..3]);
                into.Append((byte)' ');
                Padded(into, time.Day);
                into.Append((byte)' ');
                Calendar(TimeFieldKind.Time, time, into);
                into.Append((byte)' ');
                Number(into, time.Year, 4);
                break;
            case TimeFieldKind.MonthShort:
                into.Append(Name(Months, MonthEnds, time.Month - 1)[..3]);
                break;
            case TimeFieldKind.MonthName:
                into.Append(Name(Months, MonthEnds, time.Month - 1));
                break;
            case TimeFieldKind.WeekdayShort:
                into.Append(Name(Days, DayEnds, (int)time.DayOfWeek)[..3]);
                break;
            case TimeFieldKind.WeekdayName:
                into.Append(Name(Days, DayEnds, (int)time.DayOfWeek));
                break;
            case TimeFieldKind.HalfDay:
                into.Append(time.Hour < 12 ? "AM"u8 : "PM"u8);
                break;
            case TimeFieldKind.DayPadded:
                Padded(into, time.Day);
                break;
            case TimeFieldKind.HourPadded:
                Padded(into, time.Hour);
                break;
            case TimeFieldKind.Hour12Padded:
                Padded(into, Hour12(time));
                break;
            default:
                (int number, int width) = NumberOf(kind, time);
                Number(into, number, width);
                break;
        }
    }

    private static (int Number, int Width) NumberOf(TimeFieldKind kind, DateTime time) => kind switch
    {
        TimeFieldKind.Year => (time.Year, 4),
        TimeFieldKind.YearOfCentury => (time.Year % 100, 2),
        TimeFieldKind.Century => (time.Year / 100, 2),
        TimeFieldKind.IsoYear => (ISOWeek.GetYear(time), 4),
        TimeFieldKind.IsoYearOfCentury => (ISOWeek.GetYear(time) % 100, 2),
        TimeFieldKind.Month => (time.Month, 2),
        TimeFieldKind.Day => (time.Day, 2),
        TimeFieldKind.DayOfYear => (time.DayOfYear, 3),
        TimeFieldKind.WeekdayIso => (time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek, 1),
        TimeFieldKind.Weekday => ((int)time.DayOfWeek, 1),
        TimeFieldKind.WeekFromSunday => ((time.DayOfYear + 6 - (int)time.DayOfWeek) / 7, 2),
        TimeFieldKind.WeekFromMonday => ((time.DayOfYear + 6 - (((int)time.DayOfWeek + 6) % 7)) / 7, 2),
        TimeFieldKind.WeekIso => (ISOWeek.GetWeekOfYear(time), 2),
        TimeFieldKind.Hour => (time.Hour, 2),
        TimeFieldKind.Hour12 => (Hour12(time), 2),
        TimeFieldKind.Minute => (time.Minute, 2),
        _ => (time.Second, 2),
    };

    private static int Hour12(DateTime time) => time.Hour % 12 == 0 ? 12 : time.Hour % 12;

    private static ReadOnlySpan<byte> Name(ReadOnlySpan<byte> names, ReadOnlySpan<byte> ends, int index) => names[ends[index]..ends[index + 1]];

    /// <summary>Digits of the fraction; a negative count drops trailing zeros, but without a point keeps at least one digit.</summary>
    private static void Fraction(long utcTicks, int digits, bool withPoint, ByteWriter into)
    {
        Span<byte> all = stackalloc byte[9];
        IsoTime.Digits(all, (int)(utcTicks % TimeSpan.TicksPerSecond) * 100, 9);
        if (digits < 0)
        {
            digits = Math.Max(all.TrimEnd((byte)'0').Length, withPoint ? 0 : 1);
        }

        if (withPoint && digits > 0)
        {
            into.Append((byte)'.');
        }

        into.Append(all[..digits]);
    }

    private static void Offset(TimeSpan offset, bool withColon, ByteWriter into)
    {
        int minutes = Math.Abs((int)offset.TotalMinutes);
        into.Append(offset < TimeSpan.Zero ? (byte)'-' : (byte)'+');
        Number(into, minutes / 60, 2);
        if (withColon)
        {
            into.Append((byte)':');
        }

        Number(into, minutes % 60, 2);
    }

    private static void Padded(ByteWriter into, int number)
    {
        if (number < 10)
        {
            into.Append((byte)' ');
        }

        into.Append((long)number);
    }

    private static void Number(ByteWriter into, int number, int width)
    {
        IsoTime.Digits(into.Reserve(width), number, width);
        into.Advance(width);
    }

    private static void Number(ByteWriter into, int number, int width, byte behind)
    {
        Number(into, number, width);
        into.Append(behind);
    }
}
