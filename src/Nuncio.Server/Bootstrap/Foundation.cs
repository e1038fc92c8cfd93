using Envoy.Config.Core.V3;
using Nuncio.Base.Stats;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.ExtensionConfigs;
using Nuncio.Config.Loading;
using Nuncio.Config.Runtime;
using Nuncio.Core.AccessLog;
using Nuncio.Core.AccessLog.Files;
using Nuncio.Core.Clusters;
using Nuncio.Core.Runtime;
using Nuncio.Extensions;
using Nuncio.IO.Events;
using Nuncio.Server.CommandLine;

namespace Nuncio.Server.Bootstrap;

/// <summary>
/// What a server stands on before it has a socket or a second thread: the whole configuration in our own objects, and what it took to
/// convert it. <c>--mode validate</c> ends here.
/// </summary>
/// <remarks>Made once by <see cref="TryBuild"/> on the main thread; the server takes its parts over.</remarks>
internal sealed class Foundation
{
    /// <summary>The bootstrap. Where its fields were written is not kept: that takes more memory than the bootstrap itself.</summary>
    internal required Envoy.Config.Bootstrap.V3.Bootstrap Message { get; init; }

    internal required ServerConfig Config { get; init; }

    internal required Node Node { get; init; }

    internal required StatsStore Stats { get; init; }

    internal required Dispatcher Main { get; init; }

    internal required LayeredRuntime Runtime { get; init; }

    internal required AccessLogFlusher AccessLogs { get; init; }

    internal required int Workers { get; init; }

    /// <summary>What the configuration was converted with, for the parts that come later.</summary>
    internal required FactoryContext Context { get; init; }

    /// <summary>Builds it; null after errors.</summary>
    internal static Foundation? TryBuild(ServerOptions options, LoadedBootstrap source, ServerSeams seams, ILogFileSystem logFiles, ConfigErrors errors)
    {
        ConfigScope root = source.Root(errors);
        int workers = WorkerCount.For(options.Concurrency);
        StatsConfig statsConfig = StatsConfigConverter.Convert(source.Message.StatsConfig, options.StatsTags, root.Field("stats_config"));

        // The main thread's cell, the workers', and one for what the process before this one counts.
        var stats = new StatsStore(workers + (options.RestartEpoch > 0 ? 2 : 1), statsConfig);
        var main = new Dispatcher("main", 0, seams.MakePoller(), seams.Sockets, seams.Clock, seams.MakeRandom());
        LayeredRuntime runtime = LayeredRuntimeConverter.Convert(source.Message.LayeredRuntime, root.Field("layered_runtime")) ?? new LayeredRuntime();
        var logOptions = new AccessLogOptions { FlushInterval = options.FileFlushInterval, FlushMinSize = options.FileFlushMinSizeKb * 1024 };
        var accessLogs = new AccessLogFlusher(logOptions, logFiles, seams.Clock, stats, main.Post);
        Node node = NodeIdentity.Make(source.Message.Node, options);
        IReadOnlyList<ClusterConfig> clusters = ServerConfigConverter.Clusters(source.Message, root);
        FactoryContext context = MakeContext(stats, main, accessLogs, runtime, node, source.Message);
        context.ExtensionConfigs.UnknownFields = options.RejectUnknownDynamicFields ? UnknownFieldPolicy.Reject
            : options.IgnoreUnknownDynamicFields ? UnknownFieldPolicy.Ignore
            : UnknownFieldPolicy.Warn;
        ServerConfig? config = ServerConfigConverter.Convert(source.Message, clusters, context, root);
        return config is null ? null : new Foundation
        {
            Message = source.Message,
            Config = config,
            Node = node,
            Stats = stats,
            Main = main,
            Runtime = runtime,
            AccessLogs = accessLogs,
            Workers = workers,
            Context = context,
        };
    }

    /// <summary>Checks another configuration for this process completely, touching nothing of what runs.</summary>
    internal void Check(ServerOptions options, LoadedBootstrap source, ServerSeams seams, ConfigErrors errors)
    {
        ConfigScope root = source.Root(errors);
        var stats = new StatsStore(1, StatsConfigConverter.Convert(source.Message.StatsConfig, options.StatsTags, root.Field("stats_config")));
        LayeredRuntime runtime = LayeredRuntimeConverter.Convert(source.Message.LayeredRuntime, root.Field("layered_runtime")) ?? new LayeredRuntime();
        using var accessLogs = new AccessLogFlusher(new AccessLogOptions(), new NoLogFiles(), seams.Clock, stats);
        FactoryContext context = MakeContext(stats, Main, accessLogs, runtime, Node, source.Message);
        ServerConfigConverter.Convert(source.Message, ServerConfigConverter.Clusters(source.Message, root), context, root);
    }

    private static FactoryContext MakeContext(
        StatsStore stats, Dispatcher main, AccessLogFlusher accessLogs, LayeredRuntime runtime, Node node, Envoy.Config.Bootstrap.V3.Bootstrap message)
    {
        var extensions = new ExtensionCatalog();
        BuiltInExtensions.AddTo(extensions);
        return new FactoryContext
        {
            Extensions = extensions,
            Stats = stats,
            MainDispatcher = main,
            AccessLogs = accessLogs,
            Runtime = runtime,
            ServiceNode = node.Id,
            ServiceCluster = node.Cluster,
            ServiceZone = node.Locality?.Zone ?? "",
            LocalAddress = LocalAddress.Find(),

            // All that were written, also those with errors: a route to one of these must not complain a second time.
            ClusterNames = message.StaticResources?.Clusters.Select(static c => c.Name).ToHashSet(StringComparer.Ordinal),
        };
    }
}
