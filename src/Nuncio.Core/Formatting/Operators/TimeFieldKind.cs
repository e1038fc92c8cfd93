namespace Nuncio.Core.Formatting.Operators;

/// <summary>A field of a time format; the specifier and what it prints.</summary>
internal enum TimeFieldKind : byte
{
    /// <summary>Text between fields.</summary>
    Literal,

    /// <summary>%Y: 2024.</summary>
    Year,

    /// <summary>%y: 24.</summary>
    YearOfCentury,

    /// <summary>%C: 20.</summary>
    Century,

    /// <summary>%G: year of the ISO 8601 week.</summary>
    IsoYear,

    /// <summary>%g: its last two digits.</summary>
    IsoYearOfCentury,

    /// <summary>%m: 05.</summary>
    Month,

    /// <summary>%b: May.</summary>
    MonthShort,

    /// <summary>%B: September.</summary>
    MonthName,

    /// <summary>%d: 06.</summary>
    Day,

    /// <summary>%e: a blank and 6.</summary>
    DayPadded,

    /// <summary>%j: 127.</summary>
    DayOfYear,

    /// <summary>%a: Mon.</summary>
    WeekdayShort,

    /// <summary>%A: Monday.</summary>
    WeekdayName,

    /// <summary>%u: 1 is Monday, 7 Sunday.</summary>
    WeekdayIso,

    /// <summary>%w: 0 is Sunday.</summary>
    Weekday,

    /// <summary>%U: weeks begin on Sundays.</summary>
    WeekFromSunday,

    /// <summary>%W: weeks begin on Mondays.</summary>
    WeekFromMonday,

    /// <summary>%V: ISO 8601 week.</summary>
    WeekIso,

    /// <summary>%H: 07.</summary>
    Hour,

    /// <summary>%I: 07.</summary>
    Hour12,

    /// <summary>%k: a blank and 7.</summary>
    HourPadded,

    /// <summary>%l: a blank and 7.</summary>
    Hour12Padded,

    /// <summary>%M: 08.</summary>
    Minute,

    /// <summary>%S: 09.</summary>
    Second,

    /// <summary>%p: AM.</summary>
    HalfDay,

    /// <summary>%s: seconds since 1970.</summary>
    Epoch,

    /// <summary>%f: digits of the fraction of the second.</summary>
    Fraction,

    /// <summary>%E3S: 09.123.</summary>
    SecondsAndFraction,

    /// <summary>%z: +0200.</summary>
    Offset,

    /// <summary>%Ez: +02:00.</summary>
    OffsetWithColon,

    /// <summary>%Z: UTC.</summary>
    ZoneName,

    /// <summary>%F: 2024-05-06.</summary>
    IsoDate,

    /// <summary>%D: 05/06/24.</summary>
    UsDate,

    /// <summary>%T: 07:08:09.</summary>
    Time,

    /// <summary>%R: 07:08.</summary>
    HourMinute,

    /// <summary>%r: 07:08:09 AM.</summary>
    Time12,

    /// <summary>%c: Mon May  6 07:08:09 2024.</summary>
    DateAndTime,
}
