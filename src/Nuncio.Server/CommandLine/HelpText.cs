using System.Text;

namespace Nuncio.Server.CommandLine;

/// <summary>The text of <c>--help</c>. Stateless.</summary>
internal static class HelpText
{
    private const int Column = 36;
    private const int Width = 120;

    internal static string Make()
    {
        var text = new StringBuilder();
        text.Append("Nuncio, an Envoy-compatible proxy.\n\n");
        text.Append("usage: nuncio -c envoy.yaml [options]\n");
        text.Append("       nuncio upgrade [options]        replaces the running instance; nuncio upgrade --help tells more\n");
        text.Append("       nuncio                          a demo: HTTP on 127.0.0.1:10000, admin on 127.0.0.1:9901\n\noptions:\n");
        Append(text, hasEffect: true);
        text.Append("\naccepted for compatibility, without effect in this version:\n");
        Append(text, hasEffect: false);
        return text.ToString();
    }

    private static void Append(StringBuilder text, bool hasEffect)
    {
        foreach (OptionSpec option in OptionTable.All)
        {
            if (option.HasEffect != hasEffect)
            {
                continue;
            }

            string left = $"  {(option.Alias is null ? "" : option.Alias + ", ")}{option.Name}{(option.ValueName is null ? "" : $" <{option.ValueName}>")}";
            text.Append(left.PadRight(Column));
            if (left.Length >= Column)
            {
                text.Append('\n').Append(' ', Column);
            }

            AppendWrapped(text, option.Help);
        }
    }

    private static void AppendWrapped(StringBuilder text, string help)
    {
        int used = Column;
        foreach (string word in help.Split(' '))
        {
            if (used + word.Length + 1 > Width)
            {
                text.Append('\n').Append(' ', Column);
                used = Column;
            }

            if (used > Column)
            {
                text.Append(' ');
                used++;
            }

            text.Append(word);
            used += word.Length;
        }

        text.Append('\n');
    }
}
