using Nuncio.Core.Extensibility;
using Nuncio.Core.Listeners;

namespace Nuncio.Core.ListenerFilters;

/// <summary>One configured listener filter, shared by workers; immutable. Made by the extension's factory.</summary>
public abstract class ListenerFilterProvider
{
    /// <summary>Called on each worker when the listener is published to it.</summary>
    public abstract ListenerFilterMaker CreateForWorker(WorkerContext worker, ListenerContext listener);
}

/// <summary>Makes one worker's filters of one configuration. Owner: that worker.</summary>
public abstract class ListenerFilterMaker
{
    /// <summary>A filter for a socket just accepted; null when this socket needs none.</summary>
    public abstract ListenerFilter? Create(AcceptedSocket socket);
}
