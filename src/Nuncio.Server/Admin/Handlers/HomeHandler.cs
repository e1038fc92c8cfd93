using System.Net;
using System.Text;

namespace Nuncio.Server.Admin.Handlers;

/// <summary><c>/</c>: the endpoints as a page of forms.</summary>
internal sealed class HomeHandler(IReadOnlyList<IAdminHandler> handlers) : IAdminHandler
{
    private const string Head =
        "<!doctype html>\n<html><head><title>Nuncio admin</title><style>body{font-family:sans-serif}td{padding:.3em 1em;vertical-align:top}" +
        "tr:nth-child(odd){background:#f2f2f2}label{display:block}</style></head><body>\n<h1>Nuncio</h1>\n<table>\n";

    /// <inheritdoc/>
    public string Path => "/";

    /// <inheritdoc/>
    public string Help => "Admin home page";

    /// <inheritdoc/>
    public AdminReply Handle(AdminRequest request)
    {
        var page = new StringBuilder(Head);
        foreach (IAdminHandler handler in handlers)
        {
            // Relative, so that the page also works behind a proxy that adds a prefix.
            string action = handler.Path == "/" ? "." : handler.Path[1..];
            page.Append("<tr><td><form action=\"").Append(action).Append("\" method=\"").Append(handler.Mutates ? "post" : "get").Append("\">");
            page.Append("<button>").Append(handler.Path).Append("</button>");
            foreach (AdminParameter parameter in handler.Parameters)
            {
                AppendInput(page, parameter);
            }

            page.Append("</form></td><td>").Append(WebUtility.HtmlEncode(handler.Help)).Append("</td></tr>\n");
        }

        return AdminReply.Text(page.Append("</table></body></html>\n").ToString(), AdminReply.Html);
    }

    private static void AppendInput(StringBuilder page, AdminParameter parameter)
    {
        page.Append("<label title=\"").Append(WebUtility.HtmlEncode(parameter.Help)).Append("\">").Append(parameter.Name).Append(' ');
        if (parameter.Choices is { } choices)
        {
            page.Append("<select name=\"").Append(parameter.Name).Append("\"><option></option>");
            foreach (string choice in choices.Where(c => c.Length > 0))
            {
                page.Append("<option>").Append(choice).Append("</option>");
            }

            page.Append("</select>");
        }
        else
        {
            page.Append(parameter.IsFlag ? "<input type=\"checkbox\" name=\"" : "<input name=\"").Append(parameter.Name).Append("\">");
        }

        page.Append("</label>");
    }
}
