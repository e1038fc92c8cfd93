namespace Nuncio.Server.Admin.Handlers;

/// <summary><c>/memory/tcmalloc</c>: Envoy's answer where that allocator is not used.</summary>
internal sealed class MemoryTcmallocHandler : IAdminHandler
{
    /// <inheritdoc/>
    public string Path => "/memory/tcmalloc";

    /// <inheritdoc/>
    public string Help => "statistics of tcmalloc, which this process does not use";

    /// <inheritdoc/>
    public AdminReply Handle(AdminRequest request) => AdminReply.Error(501, "Envoy was not built with tcmalloc.");
}
