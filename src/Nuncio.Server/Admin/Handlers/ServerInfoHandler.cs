using Envoy.Admin.V3;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Server.CommandLine;
using Nuncio.Server.HotRestart;

namespace Nuncio.Server.Admin.Handlers;

/// <summary><c>/server_info</c>: version, state, command line and node.</summary>
internal sealed class ServerInfoHandler(AdminContext context) : IAdminHandler
{
    /// <inheritdoc/>
    public string Path => "/server_info";

    /// <inheritdoc/>
    public string Help => "print server version/status information";

    /// <inheritdoc/>
    public AdminReply Handle(AdminRequest request)
    {
        var uptime = new Duration { Seconds = (long)context.Flusher.Uptime.TotalSeconds };
        var info = new ServerInfo
        {
            Version = VersionText.Full,
            State = (ServerInfo.Types.State)context.Lifecycle.State,
            HotRestartVersion = context.Options.DisableHotRestart ? "disabled" : RestartProtocol.VersionName,
            UptimeCurrentEpoch = uptime,
            UptimeAllEpochs = context.FirstStartTicks == 0
                ? uptime
                : new Duration { Seconds = Math.Max((context.Main.Clock.UtcTicks - context.FirstStartTicks) / TimeSpan.TicksPerSecond, 0) },
            CommandLineOptions = Options(context.Options),
            Node = context.Node,
        };
        return AdminReply.Text(ProtoJson.Format(info, withDefaults: true) + "\n", AdminReply.Json);
    }

    private static CommandLineOptions Options(ServerOptions options)
    {
        var wire = new CommandLineOptions
        {
            BaseId = options.BaseId,
            Concurrency = (uint)WorkerCount.For(options.Concurrency),
            ConfigPath = options.ConfigPath ?? "",
            ConfigYaml = options.ConfigYaml ?? "",
            AllowUnknownStaticFields = options.AllowUnknownStaticFields,
            RejectUnknownDynamicFields = options.RejectUnknownDynamicFields,
            IgnoreUnknownDynamicFields = options.IgnoreUnknownDynamicFields,
            AdminAddressPath = options.AdminAddressPath ?? "",
            LogLevel = Logging.LogLevelNames.Of(options.LogLevel),
            ComponentLogLevel = options.ComponentLogLevelText,
            LogFormat = options.LogFormat,
            LogFormatEscaped = options.LogFormatEscaped,
            LogPath = options.LogPath ?? "",
            ServiceCluster = options.ServiceCluster,
            ServiceNode = options.ServiceNode,
            ServiceZone = options.ServiceZone,
            FileFlushInterval = Duration.FromTimeSpan(options.FileFlushInterval),
            FileFlushMinSize = (uint)options.FileFlushMinSizeKb,
            DrainTime = Duration.FromTimeSpan(options.DrainTime),
            DrainStrategy = options.DrainStrategy == DrainStrategy.Gradual
                ? CommandLineOptions.Types.DrainStrategy.Gradual
                : CommandLineOptions.Types.DrainStrategy.Immediate,
            ParentShutdownTime = Duration.FromTimeSpan(options.ParentShutdownTime),
            Mode = (CommandLineOptions.Types.Mode)options.Mode,
            DisableHotRestart = options.DisableHotRestart,
            UseDynamicBaseId = options.UseDynamicBaseId,
            BaseIdPath = options.BaseIdPath ?? "",
            RestartEpoch = options.RestartEpoch,
            SkipHotRestartOnNoParent = options.SkipHotRestartOnNoParent,
            SkipHotRestartParentStats = options.SkipHotRestartParentStats,
            SocketPath = options.SocketPath,
            SocketMode = options.SocketPath[0] == '@' ? 0 : options.SocketMode,
        };
        foreach ((string name, string value) in options.StatsTags)
        {
            wire.StatsTag.Add(name + ":" + value);
        }

        return wire;
    }
}
