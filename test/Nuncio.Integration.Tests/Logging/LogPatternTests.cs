using System.Text;
using Microsoft.Extensions.Logging;
using Nuncio.Server.Logging;

namespace Nuncio.Integration.Tests.Logging;

public sealed class LogPatternTests
{
    private static readonly long s_time = new DateTime(2026, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc).Ticks;

    [Theory]
    [InlineData(LogPattern.Default, "[2026-01-02 03:04:05.678][7][warning][main] [Happened:12] it\nhappened\n")]
    [InlineData("%v", "it\nhappened\n")]
    [InlineData("%_", "it\\nhappened\n")]
    [InlineData("{\"message\":\"%j\"}", "{\"message\":\"it\\nhappened\"}\n")]
    [InlineData("%L %% %Q %", "W % %Q %\n")]
    [InlineData("%^%l%$", "warning\n")]
    [InlineData("%Y/%m/%d %H-%M-%S %e %E", "2026/01/02 03-04-05 678 1767323045\n")]
    public void Pattern_IsFilledIn(string pattern, string line) => Assert.Equal(line, Format(pattern, escapes: false));

    [Fact]
    public void Escaping_KeepsAMessageOnItsLine() => Assert.Equal("it\\nhappened\n", Format("%v", escapes: true));

    private static string Format(string pattern, bool escapes)
    {
        var text = new StringBuilder();
        var record = new LogRecord(s_time, 7, LogLevel.Warning, "main", new EventId(12, "Happened"), "it\nhappened");
        new LogPattern(pattern, escapes).Append(text, record, TimeZoneInfo.Utc);
        return text.ToString();
    }
}
