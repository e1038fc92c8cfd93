using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Loading;

namespace Nuncio.Config.Tests.Loading;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("0s", 0, 0)]
    [InlineData("1.5s", 1, 500_000_000)]
    [InlineData("-1.5s", -1, -500_000_000)]
    [InlineData("0.000000001s", 0, 1)]
    [InlineData("315576000000s", 315_576_000_000, 0)]
    public void SecondsWithUnit_AreRead(string text, long seconds, int nanos)
    {
        Assert.True(DurationText.TryParse(text, out Duration? duration));
        Assert.Equal(new Duration { Seconds = seconds, Nanos = nanos }, duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("1")]
    [InlineData("1 s")]
    [InlineData("1ms")]
    [InlineData("1e3s")]
    [InlineData("1.s")]
    [InlineData("1.0000000001s")]
    [InlineData("315576000001s")]
    [InlineData("99999999999999999999999999999999999999s")]
    public void OtherText_IsRefused(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData("5", "5s")]
    [InlineData("250ms", "0.25s")]
    [InlineData("5m", "300s")]
    [InlineData("1.5 h", "5400s")]
    [InlineData("10us", "0.00001s")]
    [InlineData("soon", null)]
    [InlineData("5 parsecs", null)]
    public void OtherUnits_AreTranslated(string text, string? guess) => Assert.Equal(guess, DurationText.Guess(text));
}
