using System.Globalization;
using System.Text;
using Nuncio.Config.Errors;
using Nuncio.Server.Reload;

namespace Nuncio.Server.Admin.Handlers;

/// <summary>
/// <c>/reload</c>: POST loads the configuration file again, or with <c>dry_run</c> tells what that would change; GET shows what came of the
/// last time. Our own.
/// </summary>
internal sealed class ReloadHandler(AdminContext context) : IAdminHandler
{
    /// <inheritdoc/>
    public string Path => "/reload";

    /// <inheritdoc/>
    public string Help => "what came of the last reload of the configuration file; POST reloads it";

    /// <inheritdoc/>
    public IReadOnlyList<AdminParameter> Parameters { get; } =
    [
        new("dry_run", "only check the file and tell what would change", IsFlag: true),
    ];

    /// <inheritdoc/>
    public AdminReply Handle(AdminRequest request)
    {
        if (request.Method == "POST")
        {
            ReloadOutcome outcome = context.Reloader.Reload("POST /reload", request.Parameters.Has("dry_run"));
            return outcome.IsGood ? AdminReply.Text(TextOf(outcome)) : AdminReply.Error(400, TextOf(outcome));
        }

        return context.Reloader.Last is not { } last
            ? AdminReply.Text("the configuration was not loaded again since the start\n")
            : AdminReply.Text($"{new DateTime(last.AtUtcTicks, DateTimeKind.Utc):O} {(last.IsGood ? "loaded" : "refused")}\n{TextOf(last)}");
    }

    private static string TextOf(ReloadOutcome outcome)
    {
        if (outcome.IsGood)
        {
            return $"{(outcome.IsDryRun ? "would change: " : "")}{outcome.Difference}\n";
        }

        var text = new StringBuilder();
        foreach (ConfigError error in outcome.Errors.Items)
        {
            text.Append(CultureInfo.InvariantCulture, $"error: {error}\n");
        }

        return text.ToString();
    }
}
