namespace Nuncio.Server.Admin.Handlers;

/// <summary><c>/reset_counters</c>.</summary>
internal sealed class ResetCountersHandler(AdminContext context) : IAdminHandler
{
    /// <inheritdoc/>
    public string Path => "/reset_counters";

    /// <inheritdoc/>
    public string Help => "reset all counters to zero";

    /// <inheritdoc/>
    public bool Mutates => true;

    /// <inheritdoc/>
    public AdminReply Handle(AdminRequest request)
    {
        context.Stats.ResetCounters();
        return AdminReply.Ok();
    }
}
