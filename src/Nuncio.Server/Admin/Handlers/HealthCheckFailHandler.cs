namespace Nuncio.Server.Admin.Handlers;

/// <summary><c>/healthcheck/fail</c>.</summary>
internal sealed class HealthCheckFailHandler(AdminContext context) : IAdminHandler
{
    /// <inheritdoc/>
    public string Path => "/healthcheck/fail";

    /// <inheritdoc/>
    public string Help => "cause the server to fail health checks";

    /// <inheritdoc/>
    public bool Mutates => true;

    /// <inheritdoc/>
    public AdminReply Handle(AdminRequest request)
    {
        context.Lifecycle.FailHealthCheck();
        return AdminReply.Ok();
    }
}
