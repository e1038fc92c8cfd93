using Nuncio.Core.Extensibility;
using Nuncio.Core.HttpConnection;
using Nuncio.Core.Listeners;
using Nuncio.Core.NetworkFilters;

namespace Nuncio.Extensions.NetworkFilters.HttpConnectionManager;

/// <summary>An HTTP connection manager of one filter chain, shared by workers; immutable.</summary>
public sealed class HttpConnectionManagerProvider(HttpConnectionManagerConfig config) : NetworkFilterProvider
{
    /// <summary>The configuration, for the admin interface.</summary>
    public HttpConnectionManagerConfig Config => config;

    /// <inheritdoc/>
    public override bool IsTerminal => true;

    /// <inheritdoc/>
    public override NetworkFilterMaker CreateForWorker(WorkerContext worker, ListenerContext listener) =>
        new Core.HttpConnection.HttpConnectionManager(config, worker, listener);
}
