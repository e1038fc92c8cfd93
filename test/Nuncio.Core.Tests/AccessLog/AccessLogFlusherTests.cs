using Nuncio.Base.Stats;
using Nuncio.Core.AccessLog;
using Nuncio.Core.Formatting;
using Nuncio.Core.Tests.Formatting;
using Nuncio.Testing.Time;

namespace Nuncio.Core.Tests.AccessLog;

public sealed class AccessLogFlusherTests : IDisposable
{
    private readonly FormatFixture _fixture = new();
    private readonly FakeLogFiles _disk = new();
    private readonly ManualClock _clock = new();
    private readonly StatsStore _stats = new(cellCount: 3);
    private AccessLogFlusher? _flusher;

    public void Dispose() => _flusher?.Dispose();

    [Fact]
    public void Entry_WaitsForTheInterval()
    {
        AccessLogWriter writer = Open(1);
        Write(writer, "one\n");

        _clock.Advance(TimeSpan.FromSeconds(9));
        _flusher!.RunDue();
        Assert.Equal("", _disk.Opened[0].Text);

        _clock.Advance(TimeSpan.FromSeconds(1));
        _flusher.RunDue();
        Assert.Equal("one\n", _disk.Opened[0].Text);
        AssertStats(buffered: 1, completed: 1, failed: 0, byTimer: 1, total: 0);
    }

    [Fact]
    public void FullBuffer_IsWrittenAtOnceAndOthersWait()
    {
        AccessLogWriter first = Open(1, new AccessLogOptions { FlushMinSize = 6 });
        AccessLogWriter second = Open(2);
        Write(first, "abc");
        Write(second, "xyz");
        _flusher!.RunDue();
        Assert.Equal("", _disk.Opened[0].Text);

        Write(first, "def");
        _flusher.RunDue();

        Assert.Equal("abcdef", _disk.Opened[0].Text);
        AssertStats(buffered: 3, completed: 1, failed: 0, byTimer: 0, total: 3);
        _flusher.Flush();
        Assert.Equal("abcdefxyz", _disk.Opened[0].Text);
    }

    [Fact]
    public void FullBuffer_AsksAgainAfterItWasTaken()
    {
        AccessLogWriter writer = Open(1, new AccessLogOptions { FlushMinSize = 2 });
        for (int i = 0; i < 3; i++)
        {
            Write(writer, "ab");
            _flusher!.RunDue();
        }

        Assert.Equal("ababab", _disk.Opened[0].Text);
        Assert.Equal(3, _disk.Opened[0].Writes);
    }

    [Fact]
    public void OnePath_IsOneFileForAllLoggersAndWorkers()
    {
        AccessLogWriter first = Open(1);
        AccessLogWriter again = Open(1);
        AccessLogWriter other = Open(2);

        Assert.Same(first, again);
        Assert.NotSame(first, other);
        Assert.Single(_disk.Opened);
    }

    [Fact]
    public void Reopen_WritesToTheNewFileAndClosesTheOld()
    {
        AccessLogWriter writer = Open(1);
        Write(writer, "before\n");
        _flusher!.Flush();

        _flusher.Reopen();
        Write(writer, "after\n");
        _flusher.RunDue();

        Assert.Equal("before\n", _disk.Opened[0].Text);
        Assert.True(_disk.Opened[0].IsClosed);
        Assert.Equal("after\n", _disk.Opened[1].Text);
    }

    [Fact]
    public void FailedReopen_KeepsTheOldFileAndIsTriedAgain()
    {
        AccessLogWriter writer = Open(1);
        _disk.RefuseToOpen = true;
        _flusher!.Reopen();
        Write(writer, "a");
        _flusher.RunDue();
        Assert.Equal("a", _disk.Opened[0].Text);
        Assert.False(_disk.Opened[0].IsClosed);
        Assert.Equal(1, _stats.CounterValue("filesystem.reopen_failed"));

        _disk.RefuseToOpen = false;
        Write(writer, "b");
        _flusher.Flush();
        Assert.Equal("b", _disk.Opened[1].Text);
    }

    [Fact]
    public void FullDisk_LosesTheEntriesAndCounts()
    {
        AccessLogWriter writer = Open(1);
        _disk.IsFull = true;
        Write(writer, "lost");
        _flusher!.Flush();

        AssertStats(buffered: 1, completed: 0, failed: 1, byTimer: 0, total: 0);
        _disk.IsFull = false;
        Write(writer, "kept");
        _flusher.Flush();
        Assert.Equal("kept", _disk.Opened[0].Text);
    }

    [Fact]
    public void TooManyWaitingBytes_AreDroppedAndCounted()
    {
        AccessLogWriter writer = Open(1, new AccessLogOptions { MaxBufferedBytes = 8 });
        for (int i = 0; i < 5; i++)
        {
            Write(writer, "1234");
        }

        Assert.Equal(3, _stats.CounterValue("filesystem.write_dropped"));
        _flusher!.Flush();
        Assert.Equal("12341234", _disk.Opened[0].Text);
        Write(writer, "5678");
        _flusher.Flush();
        Assert.Equal("123412345678", _disk.Opened[0].Text);
    }

    [Fact]
    public void UnopenableFile_IsAnError()
    {
        _disk.RefuseToOpen = true;
        _flusher = Flusher(new AccessLogOptions());

        Assert.False(_flusher.TryOpen("/x", out _, out string? error));
        Assert.Equal("refused", error);
    }

    [Fact]
    public void Stop_WritesWhatIsLeftAndClosesTheFiles()
    {
        AccessLogWriter writer = Open(1);
        _flusher!.Start();
        Write(writer, "last\n");

        _flusher.Stop(TimeSpan.FromSeconds(10));

        Assert.Equal("last\n", _disk.Opened[0].Text);
        Assert.True(_disk.Opened[0].IsClosed);
    }

    [Fact]
    public void StuckDisk_StopsNeitherTheWorkerNorTheEnd()
    {
        AccessLogWriter writer = Open(1, new AccessLogOptions { FlushMinSize = 1, MaxBufferedBytes = 8 });
        _disk.Gate.Reset();
        _flusher!.Start();
        Write(writer, "first");
        Assert.True(_disk.Waiting.Wait(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));

        for (int i = 0; i < 4; i++)
        {
            Write(writer, "12345678");
        }

        Assert.Equal(3, _stats.CounterValue("filesystem.write_dropped"));
        _flusher.Stop(TimeSpan.FromMilliseconds(1));
        Assert.False(_disk.Opened[0].IsClosed);
        _disk.Gate.Set();
    }

    [Fact]
    public void StuckFile_DelaysNoOther()
    {
        AccessLogWriter stuck = Open(1, new AccessLogOptions { FlushMinSize = 1 });
        _disk.StuckPath = "/logs/access.log";
        _disk.Gate.Reset();
        _flusher!.Start();
        Write(stuck, "never");
        Assert.True(_disk.Waiting.Wait(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));

        // One that was there before could be on the same thread only by mistake; this one is opened while the flusher runs.
        Assert.True(_flusher.TryOpen("/logs/other.log", out AccessLogFile? other, out _));
        Write(other.WriterOf(_stats.Root(1)), "on time");

        Assert.True(_disk.Written.Wait(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        Assert.Equal("on time", _disk.Opened[1].Text);
        Assert.Equal("", _disk.Opened[0].Text);
        _flusher.Stop(TimeSpan.FromMilliseconds(1));
        _disk.Gate.Set();
    }

    [Fact]
    public void MoreFilesThanThreads_AreAllWritten()
    {
        _flusher = Flusher(new AccessLogOptions());
        for (int i = 0; i < AccessLogFlusher.MaxThreads + 3; i++)
        {
            Assert.True(_flusher.TryOpen($"/logs/{i}", out AccessLogFile? file, out _));
            Write(file.WriterOf(_stats.Root(1)), $"entry {i}");
        }

        _flusher.Start();
        _flusher.Stop(TimeSpan.FromSeconds(30));

        for (int i = 0; i < _disk.Opened.Count; i++)
        {
            Assert.Equal($"entry {i}", _disk.Opened[i].Text);
        }
    }

    [Fact]
    public void WorkerAndFlusher_AtTheSameTime_LoseAndMixNothing()
    {
        const int Entries = 20_000;
        AccessLogWriter first = Open(1, new AccessLogOptions { FlushMinSize = 64, MaxBufferedBytes = int.MaxValue });
        AccessLogWriter second = Open(2);
        _flusher!.Start();
        Thread other = new(() => Fill(second, "bbbbbbb\n"));
        other.Start();
        Fill(first, "aaaaaaa\n");
        other.Join();
        _flusher.Stop(TimeSpan.FromSeconds(30));

        string[] lines = _disk.Opened[0].Text.Split('\n');
        Assert.Equal((2 * Entries) + 1, lines.Length);
        Assert.Equal(Entries, lines.Count(static l => l == "aaaaaaa"));
        Assert.Equal(Entries, lines.Count(static l => l == "bbbbbbb"));

        static void Fill(AccessLogWriter writer, string line)
        {
            FormatFixture fixture = new();
            SubstitutionFormatter formatter = Parse(line);
            for (int i = 0; i < Entries; i++)
            {
                writer.Write(formatter, fixture.Context());
            }
        }
    }

    [Fact]
    public void Entry_InSteadyState_AllocatesNothing()
    {
        AccessLogWriter writer = Open(1);
        SubstitutionFormatter formatter = DefaultFormat.Create(FormatterOptions.Default);
        for (int i = 0; i < 4; i++)
        {
            Fill();
            _flusher!.Flush();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Fill();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Fill()
        {
            for (int i = 0; i < 300; i++)
            {
                writer.Write(formatter, _fixture.Context());
            }
        }
    }

    private static SubstitutionFormatter Parse(string template)
    {
        Assert.True(SubstitutionFormatter.TryParse(template, FormatterOptions.Default, out SubstitutionFormatter? formatter, out string? error), error);
        return formatter;
    }

    private AccessLogFlusher Flusher(AccessLogOptions options) => new(options, _disk, _clock, _stats, static work => work());

    private AccessLogWriter Open(int cell, AccessLogOptions? options = null)
    {
        _flusher ??= Flusher(options ?? new AccessLogOptions());
        Assert.True(_flusher.TryOpen("/logs/access.log", out AccessLogFile? file, out string? error), error);
        return file.WriterOf(_stats.Root(cell));
    }

    private void Write(AccessLogWriter writer, string line) => writer.Write(Parse(line), _fixture.Context());

    private void AssertStats(long buffered, long completed, long failed, long byTimer, long total)
    {
        Assert.Equal(buffered, _stats.CounterValue("filesystem.write_buffered"));
        Assert.Equal(completed, _stats.CounterValue("filesystem.write_completed"));
        Assert.Equal(failed, _stats.CounterValue("filesystem.write_failed"));
        Assert.Equal(byTimer, _stats.CounterValue("filesystem.flushed_by_timer"));
        Assert.Equal(total, _stats.GaugeValue("filesystem.write_total_buffered"));
    }
}
