namespace Nuncio.Core.Watchdogs;

/// <summary>Hears what the watchdog found. Called on the watchdog's thread.</summary>
public interface IWatchdogEvents
{
    /// <summary>A thread has been away for longer than its <see cref="WatchdogConfig.MegaMissTimeout"/>; once per time.</summary>
    void OnMegaMiss(StuckThread thread);

    /// <summary>The process is to end at once, for this reason; the thread is the last one found. Does not return in production.</summary>
    void OnKill(string reason, StuckThread thread);
}
