using System.Text;
using Microsoft.Extensions.Logging;
using Nuncio.Server.Logging;

namespace Nuncio.Server.Admin.Handlers;

/// <summary><c>/logging</c>: shows and changes levels.</summary>
internal sealed class LoggingHandler(AdminContext context) : IAdminHandler
{
    /// <inheritdoc/>
    public string Path => "/logging";

    /// <inheritdoc/>
    public string Help => "query/change logging levels";

    /// <inheritdoc/>
    public bool Mutates => true;

    /// <inheritdoc/>
    public IReadOnlyList<AdminParameter> Parameters { get; } =
    [
        new("paths", "change several levels: name1:level1,name2:level2"),
        new("level", "change all levels", ["", .. LogLevelNames.All]),
    ];

    /// <inheritdoc/>
    public AdminReply Handle(AdminRequest request)
    {
        var text = new StringBuilder();
        string? error = Change(request.Parameters);
        if (error is not null)
        {
            text.Append("error: ").Append(error).Append("\n\n");
            text.Append("usage: /logging?<name>=<level> (change single level)\n");
            text.Append("usage: /logging?paths=name1:level1,name2:level2,... (change multiple levels)\n");
            text.Append("usage: /logging?level=<level> (change all levels)\n");
            text.Append("levels: ").AppendJoin(' ', LogLevelNames.All).Append(" \n");
        }

        text.Append("active loggers:\n");
        foreach ((string name, LogLevel level) in context.Logs.Levels)
        {
            text.Append("  ").Append(name).Append(": ").Append(LogLevelNames.Of(level)).Append('\n');
        }

        text.Append('\n');
        return error is null ? AdminReply.Text(text.ToString()) : AdminReply.Error(400, text.ToString());
    }

    /// <summary>Makes the change that the parameters ask for, all of it or nothing; null, or what is wrong.</summary>
    private string? Change(QueryParameters parameters)
    {
        // Forms send the two known parameters empty.
        List<KeyValuePair<string, string>> asked = [.. parameters.Items.Where(p => p.Value.Length > 0 || p.Key is not ("level" or "paths"))];
        switch (asked)
        {
            case []:
                return null;
            case [("level", var word)]:
                return ChangeAll(word);
            case [("paths", var list)]:
                return ChangeSome(list);
            case [(var name, var word)]:
                return ChangeSome(name + ":" + word);
            default:
                return "invalid number of parameters";
        }
    }

    private string? ChangeAll(string word)
    {
        if (!LogLevelNames.TryParse(word, out LogLevel level))
        {
            return "unknown logger level";
        }

        context.Logs.SetAll(level);
        return null;
    }

    private string? ChangeSome(string list)
    {
        var changes = new List<KeyValuePair<string, LogLevel>>();
        foreach (string part in list.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split(':', 2) is not [{ Length: > 0 } name, { Length: > 0 } word])
            {
                return "empty logger name or empty logger level";
            }

            if (!LogLevelNames.TryParse(word, out LogLevel level))
            {
                return "unknown logger level";
            }

            if (!LogComponents.All.Contains(name))
            {
                return "unknown logger name";
            }

            changes.Add(new(name, level));
        }

        foreach ((string name, LogLevel level) in changes)
        {
            context.Logs.TrySet(name, level);
        }

        return null;
    }
}
