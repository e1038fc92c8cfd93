using Nuncio.Base.Stats;
using Nuncio.Core.Extensibility;
using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Listeners;

namespace Nuncio.Core.ExtensionConfigs;

/// <summary>
/// A listener filter whose configuration is discovered. A socket that comes to it while there is none is closed and counted
/// (<c>listener.&lt;address&gt;.extension_config_missing</c>). Immutable; shared by workers.
/// </summary>
public sealed class DiscoveredListenerFilterProvider(DiscoveredConfig<ListenerFilterProvider> config) : ListenerFilterProvider
{
    /// <summary>Why such a socket was closed, for the listener's access log.</summary>
    public const string MissingReason = "extension_config_missing";

    /// <inheritdoc/>
    public override ListenerFilterMaker CreateForWorker(WorkerContext worker, ListenerContext listener) => new Maker(config, worker, listener);

    /// <summary>Makes the inner maker once for each configuration, when its first socket comes. Owner: the worker.</summary>
    private sealed class Maker(DiscoveredConfig<ListenerFilterProvider> config, WorkerContext worker, ListenerContext listener) : ListenerFilterMaker
    {
        private readonly Counter _missing = listener.Scope.Counter("extension_config_missing");
        private ListenerFilterProvider? _provider;
        private ListenerFilterMaker? _inner;

        /// <inheritdoc/>
        public override ListenerFilter? Create(AcceptedSocket socket)
        {
            ListenerFilterProvider? now = config.Current;
            if (now is null)
            {
                _missing.Inc();
                socket.Close(MissingReason);
                return null;
            }

            if (now != _provider)
            {
                _inner = now.CreateForWorker(worker, listener);
                _provider = now;
            }

            return _inner!.Create(socket);
        }
    }
}
