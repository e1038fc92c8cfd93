namespace Nuncio.Core.AccessLog;

/// <summary>What one pass of the flusher did. Filled on the flusher's thread, handed to the main thread as a copy.</summary>
internal sealed class FlushCounts
{
    internal long Completed;
    internal long Failed;
    internal long ByTimer;
    internal long ReopenFailed;
    internal long BytesTaken;

    internal bool Any => (Completed | Failed | ByTimer | ReopenFailed | BytesTaken) != 0;
}
