namespace Nuncio.Core.AccessLog;

/// <summary>When buffered log entries are written. Set at start; immutable.</summary>
public sealed record AccessLogOptions
{
    /// <summary>Longest time an entry waits (<c>--file-flush-interval-msec</c>; default 10 s).</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A worker's buffer of a file is written when it has this many bytes (<c>--file-flush-min-size-kb</c>; default 64 KiB).</summary>
    public int FlushMinSize { get; init; } = 64 * 1024;

    /// <summary>
    /// Bytes that a worker buffers for a file at most: when the disk does not take them, later entries are dropped and counted
    /// rather than kept. Envoy has no such bound. Default 4 MiB.
    /// </summary>
    public int MaxBufferedBytes { get; init; } = 4 * 1024 * 1024;
}
