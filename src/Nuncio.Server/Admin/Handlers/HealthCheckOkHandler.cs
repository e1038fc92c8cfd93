namespace Nuncio.Server.Admin.Handlers;

/// <summary><c>/healthcheck/ok</c>.</summary>
internal sealed class HealthCheckOkHandler(AdminContext context) : IAdminHandler
{
    /// <inheritdoc/>
    public string Path => "/healthcheck/ok";

    /// <inheritdoc/>
    public string Help => "cause the server to pass health checks";

    /// <inheritdoc/>
    public bool Mutates => true;

    /// <inheritdoc/>
    public AdminReply Handle(AdminRequest request)
    {
        context.Lifecycle.PassHealthCheck();
        return AdminReply.Ok();
    }
}
