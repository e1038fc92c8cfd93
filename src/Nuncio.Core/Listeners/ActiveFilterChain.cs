using Nuncio.Core.ExtensionConfigs;
using Nuncio.Core.Extensibility;
using Nuncio.Core.NetworkFilters;
using Nuncio.IO.Network;

namespace Nuncio.Core.Listeners;

/// <summary>
/// A filter chain on one worker with the connections that took it, so that a change of this chain ends those and no others.
/// </summary>
/// <remarks>Owner: the worker. Made when its listener gets the chain; ends with its last connection after it was taken out.</remarks>
internal sealed class ActiveFilterChain : IDrainables
{
    private readonly LinkedList<ActiveConnection> _connections = new();
    private readonly List<DiscoveredNetworkFilterMaker>? _discovered;
    private HashSet<IDrainable>? _drainables;

    internal ActiveFilterChain(WorkerContext worker, PublishedChain published, ListenerContext context)
    {
        Published = published;
        Makers = new NetworkFilterMaker[published.Config.Filters.Count];
        for (int i = 0; i < Makers.Length; i++)
        {
            Makers[i] = published.Config.Filters[i].CreateForWorker(worker, context);
            if (Makers[i] is DiscoveredNetworkFilterMaker discovered)
            {
                (_discovered ??= []).Add(discovered);
            }
        }
    }

    internal PublishedChain Published { get; }

    internal NetworkFilterMaker[] Makers { get; }

    /// <summary>Connections that live.</summary>
    internal int Count => _connections.Count;

    /// <summary>Whether the configuration of one of its filters was not found yet.</summary>
    internal bool IsMissingConfig => _discovered is not null && _discovered.Exists(static maker => maker.IsMissing);

    /// <inheritdoc/>
    public void Add(IDrainable drainable) => (_drainables ??= []).Add(drainable);

    /// <inheritdoc/>
    public void Remove(IDrainable drainable) => _drainables?.Remove(drainable);

    internal void Add(ActiveConnection connection) => _connections.AddLast(connection.Node);

    internal void Remove(ActiveConnection connection) => _connections.Remove(connection.Node);

    /// <summary>Tells every protocol that can to end politely.</summary>
    internal void Drain()
    {
        if (_drainables is not null)
        {
            foreach (IDrainable drainable in new List<IDrainable>(_drainables))
            {
                drainable.OnDrain();
            }
        }
    }

    /// <summary>Ends every connection at once.</summary>
    internal void CloseAll(string reason)
    {
        // A copy: the end of one connection may end others.
        foreach (ActiveConnection connection in new List<ActiveConnection>(_connections))
        {
            connection.Info.TerminationDetails ??= reason;
            connection.Connection.Close(ConnectionCloseType.NoFlush, reason);
        }
    }
}
