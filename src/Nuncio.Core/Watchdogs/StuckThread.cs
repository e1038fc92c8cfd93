namespace Nuncio.Core.Watchdogs;

/// <summary>What is known of a thread that did not come back to its loop. Immutable.</summary>
/// <param name="Name">As in the statistics: <c>main_thread</c>, <c>worker_0</c>.</param>
/// <param name="Away">For how long.</param>
/// <param name="Report">What it is doing, one line of text for each source.</param>
/// <param name="NativeThread">The system's number of the thread; 0 when it is not known.</param>
public sealed record StuckThread(string Name, TimeSpan Away, string Report, int NativeThread = 0);
