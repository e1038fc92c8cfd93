namespace Nuncio.Server.Admin.Handlers;

/// <summary><c>/runtime_modify</c>: sets values in the operator's layer.</summary>
internal sealed class RuntimeModifyHandler(AdminContext context) : IAdminHandler
{
    /// <inheritdoc/>
    public string Path => "/runtime_modify";

    /// <inheritdoc/>
    public string Help => "set runtime values: ?key1=value1&key2=value2; an empty value takes back what was set here";

    /// <inheritdoc/>
    public bool Mutates => true;

    /// <inheritdoc/>
    public AdminReply Handle(AdminRequest request)
    {
        if (request.Parameters.Count == 0)
        {
            return AdminReply.Error(400, "usage: /runtime_modify?key1=value1&key2=value2&keyN=valueN\n       or send the parameters as form values\n");
        }

        var changes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, string value) in request.Parameters.Items)
        {
            changes.TryAdd(key, value);
        }

        return context.Runtime.TrySetAdminValues(changes)
            ? AdminReply.Ok()
            : AdminReply.Error(503, context.Runtime.HasAdminLayer ? "too many values in the admin layer" : "No admin layer specified");
    }
}
