using Nuncio.Base.Stats;
using Nuncio.Core.AccessLog;
using Nuncio.Core.Extensibility;
using Nuncio.Core.HttpFilters;

namespace Nuncio.Extensions.HttpFilters.Router;

/// <summary>The router of one filter chain configuration, shared by workers; immutable.</summary>
public sealed class RouterProvider(RouterConfig config) : HttpFilterProvider
{
    /// <inheritdoc/>
    public override bool IsTerminal => true;

    /// <inheritdoc/>
    public override HttpFilterMaker CreateForWorker(WorkerContext worker, StatScope httpScope) => new RouterMaker(config, worker);
}

/// <summary>Makes one worker's router filters. Owner: that worker.</summary>
internal sealed class RouterMaker : HttpFilterMaker
{
    internal RouterMaker(RouterConfig config, WorkerContext worker)
    {
        Config = config;
        Worker = worker;
        StrictHeaders = new StrictHeaderCheck(config.StrictCheckHeaders);
        UpstreamLoggers = new IAccessLogger[config.UpstreamLogs.Count];
        for (int i = 0; i < UpstreamLoggers.Length; i++)
        {
            UpstreamLoggers[i] = config.UpstreamLogs[i].CreateForWorker(worker);
        }
    }

    /// <inheritdoc/>
    public override bool Reusable => true;

    /// <inheritdoc/>
    public override bool SeesResponseBody => false;

    internal RouterConfig Config { get; }

    internal WorkerContext Worker { get; }

    internal StrictHeaderCheck StrictHeaders { get; }

    internal IAccessLogger[] UpstreamLoggers { get; }

    /// <summary>Where a redirect sends the client; from its making to the answer's headers, within one call.</summary>
    internal Base.Buffers.ByteWriter Location { get; } = new();

    /// <summary>Body of a direct response that is formatted; likewise.</summary>
    internal Base.Buffers.ByteWriter DirectBody { get; } = new();

    /// <summary>Scratch text of the present call.</summary>
    internal Base.Buffers.ByteWriter Scratch { get; } = new();

    /// <inheritdoc/>
    public override HttpFilter Create() => new RouterFilter(this);
}
