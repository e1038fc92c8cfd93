namespace Nuncio.IO.Events;

/// <summary>Something that runs later in the same iteration; see <see cref="Dispatcher.RunSoon"/>. Owner thread only.</summary>
public interface IRunSoon
{
    /// <summary>The queue's own mark, so that queueing twice is one run and needs no search. Only the dispatcher writes it.</summary>
    bool IsQueuedSoon { get; set; }

    /// <summary>Runs on the dispatcher's thread, once per queueing.</summary>
    void RunSoon();
}
