using System.Text;

namespace Nuncio.Config.Extensibility;

/// <summary>Turns the name of a factory interface into words for messages.</summary>
internal static class ExtensionWords
{
    /// <summary><c>ITransportSocketFactory</c> becomes <c>transport socket</c>.</summary>
    internal static string FromTypeName(string typeName)
    {
        ReadOnlySpan<char> core = typeName;
        if (core.Length > 1 && core[0] == 'I' && char.IsUpper(core[1]))
        {
            core = core[1..];
        }

        if (core.EndsWith("Factory"))
        {
            core = core[..^"Factory".Length];
        }

        StringBuilder words = new();
        foreach (char c in core)
        {
            if (char.IsUpper(c) && words.Length > 0)
            {
                words.Append(' ');
            }

            words.Append(char.ToLowerInvariant(c));
        }

        return words.ToString();
    }
}
