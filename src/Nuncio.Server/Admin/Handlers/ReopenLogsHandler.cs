namespace Nuncio.Server.Admin.Handlers;

/// <summary><c>/reopen_logs</c>: the same as SIGUSR1.</summary>
internal sealed class ReopenLogsHandler(AdminContext context) : IAdminHandler
{
    /// <inheritdoc/>
    public string Path => "/reopen_logs";

    /// <inheritdoc/>
    public string Help => "reopen access logs";

    /// <inheritdoc/>
    public bool Mutates => true;

    /// <inheritdoc/>
    public AdminReply Handle(AdminRequest request)
    {
        context.ReopenLogs();
        return AdminReply.Ok();
    }
}
