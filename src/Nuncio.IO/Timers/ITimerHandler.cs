namespace Nuncio.IO.Timers;

/// <summary>Hears when a timer of its own is due; on the thread of the timer's dispatcher.</summary>
public interface ITimerHandler
{
    /// <summary>The timer is due and no longer armed; arming it again here is fine.</summary>
    void OnTimer(Timer timer);

    /// <summary>An exception escaped from <see cref="OnTimer"/>: the owner ends what it owns.</summary>
    void OnUnhandledException(Exception exception)
    {
    }
}
