using Nuncio.Server.Lifecycle;

namespace Nuncio.Server.Admin.Handlers;

/// <summary><c>/ready</c>: for load balancers and supervisors.</summary>
internal sealed class ReadyHandler(AdminContext context) : IAdminHandler
{
    /// <inheritdoc/>
    public string Path => "/ready";

    /// <inheritdoc/>
    public string Help => "print server state, return 200 if LIVE, otherwise return 503";

    /// <inheritdoc/>
    public AdminReply Handle(AdminRequest request)
    {
        ServerState state = context.Lifecycle.State;
        return state == ServerState.Live ? AdminReply.Text("LIVE\n") : AdminReply.Error(503, NameOf(state) + "\n");
    }

    private static string NameOf(ServerState state) => state switch
    {
        ServerState.Draining => "DRAINING",
        ServerState.PreInitializing => "PRE_INITIALIZING",
        _ => "INITIALIZING",
    };
}
