using System.Globalization;
using Nuncio.Config.Errors;

namespace Nuncio.Config.Loading;

/// <summary>What a <see cref="ConfigNode"/> holds.</summary>
internal enum ConfigNodeKind
{
    /// <summary>Nothing: <c>null</c>, <c>~</c> or an empty YAML value.</summary>
    Null,

    /// <summary>True or false.</summary>
    Bool,

    /// <summary>A number that was not written as text.</summary>
    Number,

    /// <summary>Text; in YAML also fractions, as Envoy reads them.</summary>
    Text,

    /// <summary>A list.</summary>
    List,

    /// <summary>An object.</summary>
    Object,
}

/// <summary>
/// One value of a configuration source, and where it was written: the common form of YAML and JSON, before any message
/// type is known. Made by a reader, immutable once the reader has returned it, so an aliased node may be shared by several
/// parents.
/// </summary>
internal sealed class ConfigNode
{
    private static readonly List<ConfigNode> NoItems = [];
    private static readonly List<ConfigEntry> NoEntries = [];

    /// <summary>What this node holds.</summary>
    public required ConfigNodeKind Kind { get; init; }

    /// <summary>Where it was written.</summary>
    public required SourcePosition Position { get; init; }

    /// <summary>The text of a scalar; of a number in decimal, of a bool <c>true</c> or <c>false</c>.</summary>
    public string Text { get; init; } = "";

    /// <summary>The items of a list.</summary>
    public List<ConfigNode> Items { get; init; } = NoItems;

    /// <summary>The entries of an object, in the order of the source, keys unique.</summary>
    public List<ConfigEntry> Entries { get; init; } = NoEntries;

    /// <summary>How many nodes this one stands for, itself and everything below with aliases expanded.</summary>
    public long Weight { get; set; } = 1;

    /// <summary>Depth of the tree below, itself included.</summary>
    public int Height { get; set; } = 1;

    /// <summary>The value of <paramref name="key"/> in an object, or null.</summary>
    public ConfigNode? Find(string key)
    {
        foreach (ConfigEntry entry in Entries)
        {
            if (entry.Key == key)
            {
                return entry.Value;
            }
        }

        return null;
    }

    /// <summary>The same value seen from another place: what an alias stands for.</summary>
    public ConfigNode At(SourcePosition position) => new()
    {
        Kind = Kind,
        Position = position,
        Text = Text,
        Items = Items,
        Entries = Entries,
        Weight = Weight,
        Height = Height,
    };

    /// <summary>What was found, for an error message; long text is cut.</summary>
    public string Describe() => Kind switch
    {
        ConfigNodeKind.Null => "nothing",
        ConfigNodeKind.Bool => Text,
        ConfigNodeKind.Number => "the number " + Shorten(Text),
        ConfigNodeKind.Text => "\"" + Shorten(Text) + "\"",
        ConfigNodeKind.List => "a list",
        _ => "an object",
    };

    /// <summary>The first characters of <paramref name="text"/>, control characters escaped.</summary>
    public static string Shorten(string text, int longest = 40)
    {
        string cut = text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)] + "...";
        foreach (char c in cut)
        {
            if (char.IsControl(c))
            {
                return string.Concat(cut.Select(static c => char.IsControl(c)
                    ? "\\x" + ((int)c).ToString("x2", CultureInfo.InvariantCulture)
                    : c.ToString()));
            }
        }

        return cut;
    }
}

/// <summary>One entry of an object.</summary>
/// <param name="Key">The key as text.</param>
/// <param name="KeyPosition">Where the key was written.</param>
/// <param name="Value">The value.</param>
internal readonly record struct ConfigEntry(string Key, SourcePosition KeyPosition, ConfigNode Value)
{
    /// <summary>Where an operator wants to be sent: to the value when it is a scalar, else to the key above it.</summary>
    public SourcePosition Place => Value.Kind is ConfigNodeKind.List or ConfigNodeKind.Object ? KeyPosition : Value.Position;
}
