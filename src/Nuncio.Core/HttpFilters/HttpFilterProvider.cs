using Nuncio.Core.Extensibility;

namespace Nuncio.Core.HttpFilters;

/// <summary>One configured filter of a chain, shared by all workers; immutable. Made by the extension's factory.</summary>
public abstract class HttpFilterProvider
{
    /// <summary>Called on each worker when the configuration is published; the result makes that worker's filters.</summary>
    public abstract HttpFilterMaker CreateForWorker(WorkerContext worker, Nuncio.Base.Stats.StatScope httpScope);

    /// <summary>Whether it answers or forwards by itself; the last filter of a chain must, no other may.</summary>
    public virtual bool IsTerminal => false;
}

/// <summary>Makes one worker's filters of one configuration. Owner: that worker.</summary>
public abstract class HttpFilterMaker
{
    /// <summary>Makes a filter for a stream; null leaves the filter out of this stream.</summary>
    public abstract HttpFilter? Create();

    /// <summary>
    /// Whether a filter may serve another stream after <see cref="HttpFilter.OnDestroy"/>. Saves garbage per request, and obliges
    /// the filter to forget everything; leave it false when in doubt.
    /// </summary>
    public virtual bool Reusable => false;

    /// <summary>
    /// Whether its filters look at response bodies. Where none of a chain does, large bodies may go past it inside the kernel;
    /// leave it true when in doubt.
    /// </summary>
    public virtual bool SeesResponseBody => true;
}
