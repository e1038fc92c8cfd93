using System.Text;

namespace Nuncio.Server.Admin.Handlers;

/// <summary><c>/help</c>: the endpoints as text.</summary>
internal sealed class HelpHandler(IReadOnlyList<IAdminHandler> handlers) : IAdminHandler
{
    /// <inheritdoc/>
    public string Path => "/help";

    /// <inheritdoc/>
    public string Help => "print out list of admin commands";

    /// <summary>The text for a list of endpoints.</summary>
    internal static string TextOf(IReadOnlyList<IAdminHandler> handlers)
    {
        var text = new StringBuilder("admin commands are:\n");
        foreach (IAdminHandler handler in handlers)
        {
            text.Append("  ").Append(handler.Path).Append(handler.Mutates ? " (POST)" : "").Append(": ").Append(handler.Help).Append('\n');
            foreach (AdminParameter parameter in handler.Parameters)
            {
                text.Append("      ").Append(parameter.Name).Append(": ").Append(parameter.Help);
                if (parameter.Choices is { } choices)
                {
                    text.Append("; One of (").AppendJoin(", ", choices).Append(')');
                }

                text.Append('\n');
            }
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public AdminReply Handle(AdminRequest request) => AdminReply.Text(TextOf(handlers));
}
