using Nuncio.Config.Errors;

namespace Nuncio.Config.Loading.ProtoText;

/// <summary>What a <see cref="TextToken"/> is.</summary>
internal enum TextTokenKind
{
    /// <summary>The end of the source.</summary>
    End,

    /// <summary>A name: letters, digits and underscores.</summary>
    Name,

    /// <summary>A number, in decimal whatever it was written in; no sign.</summary>
    Number,

    /// <summary>A quoted text, its escapes undone.</summary>
    Text,

    /// <summary>One other character.</summary>
    Symbol,
}

/// <summary>A token of protobuf's text form. Immutable.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Position">Where it begins.</param>
/// <param name="Text">A name, a number or a symbol as text.</param>
/// <param name="Bytes">What a quoted text stands for, which need not be UTF-8.</param>
internal readonly record struct TextToken(TextTokenKind Kind, SourcePosition Position, string Text, byte[] Bytes)
{
    /// <summary>Whether it is the symbol <paramref name="symbol"/>.</summary>
    public bool Is(char symbol) => Kind == TextTokenKind.Symbol && Text[0] == symbol;

    /// <summary>What was found, for a message.</summary>
    public string Describe() => Kind switch
    {
        TextTokenKind.End => "the end of the text",
        TextTokenKind.Text => "a quoted text",
        _ => $"\"{ConfigNode.Shorten(Text)}\"",
    };
}
