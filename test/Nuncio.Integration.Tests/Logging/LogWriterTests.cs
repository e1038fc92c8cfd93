using Microsoft.Extensions.Logging;
using Nuncio.Base.Time;
using Nuncio.Core.Logging;
using Nuncio.Integration.Tests.Server;
using Nuncio.Server.Logging;

namespace Nuncio.Integration.Tests.Logging;

public sealed class LogWriterTests
{
    [Fact]
    public void Levels_DecideWhatIsPrinted()
    {
        using var folder = new TemporaryFolder();
        using (LogRegistry logs = Open(folder["log"]))
        {
            logs.CreateLogger("main").LogDebug("not yet");
            logs.CreateLogger("main").LogInformation("one");
            Assert.True(logs.TrySet("main", LogLevel.Error));
            logs.CreateLogger("main").LogWarning("too weak");
            logs.CreateLogger("admin").LogWarning("two");
            logs.SetAll(LogLevel.None);
            logs.CreateLogger("main").LogCritical("nothing at all");
        }

        Assert.Equal(["main info one", "admin warning two"], File.ReadAllLines(folder["log"]));
    }

    [Fact]
    public void CoresLoggers_FollowTheLevelsOfTheirNames()
    {
        using var folder = new TemporaryFolder();
        using (LogRegistry logs = Open(folder["log"]))
        {
            var happened = new LogEvent(2003, "NoRoute");
            logs.Core.Router.Debug(happened, $"not {"yet"}");
            Assert.True(logs.TrySet("router", LogLevel.Trace));
            logs.Core.Router.Debug(happened, $"one {1}");
            logs.Core.Http.Debug(happened, $"another logger's");
            logs.SetAll(LogLevel.Debug);
            logs.Core.Http.Debug(happened, $"two");
            logs.SetAll(LogLevel.Information);
            Assert.False(logs.Core.Router.IsDebug);
        }

        Assert.Equal(["router debug one 1", "http debug two"], File.ReadAllLines(folder["log"]));
    }

    [Fact]
    public void Reopen_GoesOnInTheNewFile()
    {
        using var folder = new TemporaryFolder();
        using (LogRegistry logs = Open(folder["log"]))
        {
            logs.CreateLogger("main").LogInformation("before");
            logs.Writer.Flush(TestServer.Patience);
            File.Move(folder["log"], folder["old"]);
            logs.Writer.Reopen();
            logs.CreateLogger("main").LogInformation("after");
        }

        Assert.Equal(["main info before"], File.ReadAllLines(folder["old"]));
        Assert.Equal(["main info after"], File.ReadAllLines(folder["log"]));
    }

    [Fact]
    public void UnknownLogger_WritesAsMisc()
    {
        using var folder = new TemporaryFolder();
        using (LogRegistry logs = Open(folder["log"]))
        {
            logs.CreateLogger("Some.Class").LogInformation("hello");
            Assert.False(logs.TrySet("Some.Class", LogLevel.Debug));
        }

        Assert.Equal(["misc info hello"], File.ReadAllLines(folder["log"]));
    }

    [Fact]
    public void PathThatCannotBeOpened_IsAnError()
    {
        Assert.False(LogWriter.TryOpen(new LogPattern("%v", escapeMessages: false), "/no/such/folder/log", out _, out string? error));
        Assert.Contains("/no/such/folder/log", error, StringComparison.Ordinal);
    }

    private static LogRegistry Open(string path)
    {
        Assert.True(LogWriter.TryOpen(new LogPattern("%n %l %v", escapeMessages: false), path, out LogWriter? writer, out string? error), error);
        return new LogRegistry(writer!, SystemClock.Instance, LogLevel.Information);
    }
}
