using Nuncio.Core.Extensibility;
using Nuncio.Core.Listeners;
using Nuncio.IO.Network;

namespace Nuncio.Core.NetworkFilters;

/// <summary>One configured network filter of a chain, shared by workers; immutable. Made by the extension's factory.</summary>
public abstract class NetworkFilterProvider
{
    /// <summary>Called on each worker when the listener is published to it; the result serves that worker's connections.</summary>
    public abstract NetworkFilterMaker CreateForWorker(WorkerContext worker, ListenerContext listener);

    /// <summary>Whether it answers or forwards by itself; the last filter of a chain must, no other may.</summary>
    public virtual bool IsTerminal => false;
}

/// <summary>Makes one worker's filters of one configuration. Owner: that worker.</summary>
public abstract class NetworkFilterMaker
{
    /// <summary>Adds a filter to a connection that was just accepted.</summary>
    public abstract void AddTo(Connection connection, in AcceptedConnection accepted);
}
