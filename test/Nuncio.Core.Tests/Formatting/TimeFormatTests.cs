using Nuncio.Core.Formatting;

namespace Nuncio.Core.Tests.Formatting;

public sealed class TimeFormatTests
{
    private readonly FormatFixture _fixture = new();

    [Theory]
    [InlineData("%Y/%m/%dT%H:%M:%S%z %s", "2024/05/06T07:08:09+0000 1714979289")]
    [InlineData("%s.%3f", "1714979289.123")]
    [InlineData("%f", "123456700")]
    [InlineData("%1f %2f %6f %9f %*f", "1 12 123456 123456700 1234567")]
    [InlineData("%E3S %E*S %E6f %E*f", "09.123 09.1234567 123456 1234567")]
    [InlineData("%F %T %R %D", "2024-05-06 07:08:09 07:08 05/06/24")]
    [InlineData("%a %A %b %B %h", "Mon Monday May May May")]
    [InlineData("%c|%r|%x|%X", "Mon May  6 07:08:09 2024|07:08:09 AM|05/06/24|07:08:09")]
    [InlineData("%e %j %y %C %I %p %u %w", " 6 127 24 20 07 AM 1 1")]
    [InlineData("%U %W %V %G %g", "18 19 19 2024 24")]
    [InlineData("%Ez %Z %E4Y %%t", "+00:00 UTC 2024 %t")]
    public void Specifiers_PrintWhatStrftimePrints(string format, string expected) =>
        Assert.Equal(expected, _fixture.Format($"%START_TIME({format})%"));

    [Fact]
    public void TrailingZeros_AreDroppedDownToOneDigit()
    {
        _fixture.Info.StartUtcTicks = new DateTime(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc).Ticks;

        Assert.Equal("0 09 09.000", _fixture.Format("%START_TIME(%*f %E*S %E3S)%"));
    }

    [Theory]
    [InlineData(2023, 1, 1, "01 00 52 2022 Sun 7 0")]
    [InlineData(2024, 12, 30, "52 53 01 2025 Mon 1 1")]
    [InlineData(2021, 1, 4, "01 01 01 2021 Mon 1 1")]
    public void WeekNumbers_AreRightAtTheTurnOfTheYear(int year, int month, int day, string expected)
    {
        _fixture.Info.StartUtcTicks = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks;

        Assert.Equal(expected, _fixture.Format("%START_TIME(%U %W %V %G %a %u %w)%"));
    }

    [Fact]
    public void DefaultTime_FollowsTheSecond()
    {
        string template = "%START_TIME%";
        Assert.Equal("2024-05-06T07:08:09.123Z", _fixture.Format(template));
        _fixture.Info.StartUtcTicks += TimeSpan.TicksPerMillisecond * 900;
        Assert.Equal("2024-05-06T07:08:10.023Z", _fixture.Format(template));
        _fixture.Info.StartUtcTicks -= TimeSpan.TicksPerMillisecond * 900;
        Assert.Equal("2024-05-06T07:08:09.123Z", _fixture.Format(template));
    }

    [Fact]
    public void EmitTime_IsNow() => Assert.Equal("2024-05-06T07:08:10.500Z 07:08:10", _fixture.Format("%EMIT_TIME% %EMIT_TIME(%T)%"));

    [Fact]
    public void LocalTime_IsTheSameMoment()
    {
        var offset = TimeZoneInfo.Local.GetUtcOffset(new DateTime(_fixture.Info.StartUtcTicks, DateTimeKind.Utc));
        var local = new DateTimeOffset(_fixture.Info.StartUtcTicks + offset.Ticks, offset);

        Assert.Equal(local.ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture), _fixture.Format("%START_TIME_LOCAL(%T)%"));
        Assert.StartsWith("1714979289", _fixture.Format("%START_TIME_LOCAL(%s)%"), StringComparison.Ordinal);
    }

    [Fact]
    public void TooManyParts_AreRefused()
    {
        string format = string.Concat(Enumerable.Repeat("%Y", 300));

        Assert.False(SubstitutionFormatter.TryParse($"%START_TIME({format})%", FormatterOptions.Default, out _, out string? error));
        Assert.Contains("more than 256 parts", error, StringComparison.Ordinal);
    }
}
