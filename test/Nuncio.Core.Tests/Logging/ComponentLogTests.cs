using Nuncio.Core.Logging;

namespace Nuncio.Core.Tests.Logging;

/// <summary>Messages cost nothing while nobody listens.</summary>
public sealed class ComponentLogTests
{
    private static readonly LogEvent s_event = new(1, "Happened");

    [Fact]
    public void SwitchedOn_MessagesArePutTogether()
    {
        var log = new ComponentLog("router");
        var lines = new List<string>();
        log.Switch((happened, text) => lines.Add($"{happened.Id} {happened.Name}: {text}"));

        log.Debug(s_event, $"[C{7ul}] {"path"u8} to '{"cluster"}' {null}");

        Assert.True(log.IsDebug);
        Assert.Equal(["1 Happened: [C7] path to 'cluster' "], lines);
    }

    [Fact]
    public void SwitchedOff_ValuesAreNotEvenRead()
    {
        var log = new ComponentLog("router");
        log.Switch(static (_, _) => Assert.Fail("nobody listens"));
        log.Switch(null);

        log.Debug(s_event, $"{Unread()}");

        Assert.False(log.IsDebug);
    }

    [Fact]
    public void SwitchedOff_AllocatesNothing()
    {
        ComponentLog log = CoreLogs.Off.Router;
        Log(log);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Log(log);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void AllLoggers_HaveNamesOfTheirOwn() =>
        Assert.Equal(["connection", "http", "router", "upstream", "pool"], CoreLogs.Off.All.Select(static log => log.Name));

    private static void Log(ComponentLog log) => log.Debug(s_event, $"[C{log.GetHashCode()}] {"path"u8} to '{log.Name}'");

    private static string Unread()
    {
        Assert.Fail("a value of a message that nobody wants was read");
        return "";
    }
}
