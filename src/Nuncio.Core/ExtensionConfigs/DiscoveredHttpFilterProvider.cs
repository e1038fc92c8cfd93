using Nuncio.Base.Stats;
using Nuncio.Core.Extensibility;
using Nuncio.Core.HttpFilters;

namespace Nuncio.Core.ExtensionConfigs;

/// <summary>
/// An HTTP filter whose configuration is discovered. Requests that come while there is none are answered 500. Immutable; shared by workers.
/// </summary>
/// <param name="config">Where it is found.</param>
/// <param name="isTerminal">Whether it stands at the chain's end; every configuration is held to that.</param>
public sealed class DiscoveredHttpFilterProvider(DiscoveredConfig<HttpFilterProvider> config, bool isTerminal) : HttpFilterProvider
{
    /// <inheritdoc/>
    public override bool IsTerminal => isTerminal;

    /// <inheritdoc/>
    public override HttpFilterMaker CreateForWorker(WorkerContext worker, StatScope httpScope) => new Maker(config, worker, httpScope);

    /// <summary>
    /// Makes the inner maker once for each configuration, when its first stream comes. Owner: the worker. Its filters are not reused: they
    /// would have to be told apart by their configuration.
    /// </summary>
    private sealed class Maker(DiscoveredConfig<HttpFilterProvider> config, WorkerContext worker, StatScope httpScope) : HttpFilterMaker
    {
        private HttpFilterProvider? _provider;
        private HttpFilterMaker? _inner;

        /// <inheritdoc/>
        public override HttpFilter? Create()
        {
            HttpFilterProvider? now = config.Current;
            if (now is null)
            {
                return new MissingConfigFilter();
            }

            if (now != _provider)
            {
                _inner = now.CreateForWorker(worker, httpScope);
                _provider = now;
            }

            return _inner!.Create();
        }
    }
}
