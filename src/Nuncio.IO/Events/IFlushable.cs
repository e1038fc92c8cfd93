namespace Nuncio.IO.Events;

/// <summary>Something that collects output during an event and sends it when the event's handler has returned.</summary>
public interface IFlushable
{
    /// <summary>Sends what was collected. The caller of <see cref="Dispatcher.FlushAfterEvent"/> queues itself once only.</summary>
    void Flush();

    /// <summary>An exception escaped from <see cref="Flush"/>: the owner ends what it owns.</summary>
    void OnUnhandledException(Exception exception);
}
