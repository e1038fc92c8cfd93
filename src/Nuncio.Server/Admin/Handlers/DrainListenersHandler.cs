namespace Nuncio.Server.Admin.Handlers;

/// <summary><c>/drain_listeners</c>: at once, or over the drain time.</summary>
internal sealed class DrainListenersHandler(AdminContext context) : IAdminHandler
{
    /// <inheritdoc/>
    public string Path => "/drain_listeners";

    /// <inheritdoc/>
    public string Help => "drain listeners";

    /// <inheritdoc/>
    public bool Mutates => true;

    /// <inheritdoc/>
    public IReadOnlyList<AdminParameter> Parameters { get; } =
    [
        new("graceful", "tell clients to go away for the drain time (--drain-time-s) before the listeners are closed", IsFlag: true),
        new("skip_exit", "leave the listeners open after the drain time; only together with graceful", IsFlag: true),
        new("inboundonly", "only listeners whose traffic_direction is INBOUND", IsFlag: true),
    ];

    /// <inheritdoc/>
    public AdminReply Handle(AdminRequest request)
    {
        bool graceful = request.Parameters.Has("graceful");
        bool keepsListening = request.Parameters.Has("skip_exit");
        bool inboundOnly = request.Parameters.Has("inboundonly");
        if (keepsListening && !graceful)
        {
            return AdminReply.Error(400, "skip_exit requires graceful\n");
        }

        if (graceful)
        {
            context.Lifecycle.DrainGracefully(inboundOnly, stopAfterwards: !keepsListening);
        }
        else
        {
            context.Lifecycle.StopListeners(inboundOnly);
        }

        return AdminReply.Ok();
    }
}
