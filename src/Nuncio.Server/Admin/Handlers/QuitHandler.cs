namespace Nuncio.Server.Admin.Handlers;

/// <summary><c>/quitquitquit</c>: the same as SIGTERM. Envoy exits at once, which <c>--shutdown-grace-s 0</c> does too.</summary>
internal sealed class QuitHandler(AdminContext context) : IAdminHandler
{
    /// <inheritdoc/>
    public string Path => "/quitquitquit";

    /// <inheritdoc/>
    public string Help => "exit the server";

    /// <inheritdoc/>
    public bool Mutates => true;

    /// <inheritdoc/>
    public AdminReply Handle(AdminRequest request)
    {
        // Posted: the answer goes out first.
        context.Lifecycle.PostShutdown("/quitquitquit");
        return AdminReply.Ok();
    }
}
