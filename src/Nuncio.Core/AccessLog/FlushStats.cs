using Nuncio.Base.Stats;

namespace Nuncio.Core.AccessLog;

/// <summary>The flusher's part of <c>filesystem.</c>; cells of the main thread.</summary>
internal sealed class FlushStats
{
    private readonly Counter _completed;
    private readonly Counter _failed;
    private readonly Counter _byTimer;
    private readonly Counter _reopenFailed;
    private readonly Gauge _bufferedBytes;

    internal FlushStats(StatScope root)
    {
        StatScope scope = root.SubScope("filesystem");
        _completed = scope.Counter("write_completed");
        _failed = scope.Counter("write_failed");
        _byTimer = scope.Counter("flushed_by_timer");
        _reopenFailed = scope.Counter("reopen_failed");
        _bufferedBytes = scope.Gauge("write_total_buffered");
    }

    internal void Add(FlushCounts counts)
    {
        _completed.Add(counts.Completed);
        _failed.Add(counts.Failed);
        _byTimer.Add(counts.ByTimer);
        _reopenFailed.Add(counts.ReopenFailed);
        _bufferedBytes.Sub(counts.BytesTaken);
    }
}
