namespace Nuncio.IO.Events;

/// <summary>Hears of every exception a dispatcher contained, after it was counted. Called on the dispatcher's thread.</summary>
public interface IExceptionSink
{
    /// <summary>Logs it.</summary>
    /// <param name="exception">What escaped.</param>
    /// <param name="where">The phase: "socket event", "flush", "posted work", "timer", "callback" or "release".</param>
    void OnContained(Exception exception, string where);
}
