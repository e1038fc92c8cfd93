using Nuncio.Server.Admin.Handlers;

namespace Nuncio.Server.Admin;

/// <summary>The endpoints of the admin server, one line each.</summary>
internal static class AdminHandlers
{
    /// <summary>All of them, in order of their paths.</summary>
    internal static IReadOnlyList<IAdminHandler> Make(AdminContext context)
    {
        var handlers = new List<IAdminHandler>
        {
            new ClustersHandler(context),
            new ConfigDumpHandler(context),
            new DrainListenersHandler(context),
            new HealthCheckFailHandler(context),
            new HealthCheckOkHandler(context),
            new ListenersHandler(context),
            new LoggingHandler(context),
            new MemoryHandler(),
            new MemoryTcmallocHandler(),
            new QuitHandler(context),
            new ReadyHandler(context),
            new ReloadHandler(context),
            new ReopenLogsHandler(context),
            new ResetCountersHandler(context),
            new RuntimeHandler(context),
            new RuntimeModifyHandler(context),
            new ServerInfoHandler(context),
            new StatsHandler(context),
            new StatsPrometheusHandler(context),
        };

        // These two show the list, themselves included.
        handlers.Add(new HelpHandler(handlers));
        handlers.Add(new HomeHandler(handlers));
        handlers.Sort(static (a, b) => string.CompareOrdinal(a.Path, b.Path));
        return handlers;
    }
}
