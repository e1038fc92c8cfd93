using Nuncio.Config.Errors;

namespace Nuncio.Config.Loading.ProtoText;

/// <summary>What a <see cref="TextValue"/> is.</summary>
internal enum TextValueKind
{
    /// <summary>One or several quoted texts in a row.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A word: a bool, the name of an enum value, <c>inf</c>, <c>nan</c>.</summary>
    Word,

    /// <summary>A list in brackets.</summary>
    List,

    /// <summary>A message in braces or angle brackets.</summary>
    Message,
}

/// <summary>One value of protobuf's text form before its type is known. Immutable once its parser has returned it.</summary>
internal sealed class TextValue
{
    /// <summary>What it is.</summary>
    public required TextValueKind Kind { get; init; }

    /// <summary>Where it begins.</summary>
    public required SourcePosition Position { get; init; }

    /// <summary>A number or a word, with its sign.</summary>
    public string Word { get; init; } = "";

    /// <summary>What a text stands for.</summary>
    public byte[] Bytes { get; init; } = [];

    /// <summary>The items of a list.</summary>
    public List<TextValue> Items { get; init; } = [];

    /// <summary>The fields of a message in the order of the source; a name may come again.</summary>
    public List<TextField> Fields { get; init; } = [];

    /// <summary>The last value of a field; null when it is not there.</summary>
    public TextValue? Find(string name) => Fields.FindLast(field => field.Name == name && !field.IsType)?.Value;

    /// <summary>What was found, for an error message.</summary>
    public string Describe() => Kind switch
    {
        TextValueKind.Text => "\"" + ConfigNode.Shorten(System.Text.Encoding.UTF8.GetString(Bytes)) + "\"",
        TextValueKind.Number => "the number " + ConfigNode.Shorten(Word),
        TextValueKind.Word => ConfigNode.Shorten(Word),
        TextValueKind.List => "a list",
        _ => "a message",
    };
}

/// <summary>A field of a message in protobuf's text form. Immutable.</summary>
/// <param name="Name">Its name, or what stood in brackets.</param>
/// <param name="IsType">Whether the name stood in brackets: the type of an <c>Any</c>.</param>
/// <param name="Position">Where it begins.</param>
/// <param name="Value">Its value.</param>
internal sealed record TextField(string Name, bool IsType, SourcePosition Position, TextValue Value);
