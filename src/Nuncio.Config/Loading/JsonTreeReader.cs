using System.Text;
using System.Text.Json;
using Nuncio.Config.Errors;

namespace Nuncio.Config.Loading;

/// <summary>
/// Builds <see cref="ConfigNode"/>s from JSON (RFC 8259, no comments, no trailing commas, no duplicate keys), each with
/// its line and column. One per source.
/// </summary>
internal ref struct JsonTreeReader
{
    private readonly string _source;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly NodeBudget _budget;
    private Utf8JsonReader _reader;
    private int _line;
    private int _lineStart;
    private int _counted;

    private JsonTreeReader(ReadOnlySpan<byte> bytes, string source, LoadLimits limits)
    {
        _source = source;
        _bytes = bytes;
        _budget = new NodeBudget(limits);
        _line = 1;

        // One more than our own limit, so that ours is the one that speaks.
        _reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = limits.MaxDepth + 1 });
    }

    /// <summary>The value in <paramref name="text"/>, or null when there is none. Throws <see cref="SourceFault"/>.</summary>
    public static ConfigNode? Read(string text, string source, LoadLimits limits)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text);
        JsonTreeReader reader = new(bytes, source, limits);
        try
        {
            reader._reader.Read();
            ConfigNode root = reader.ReadNode(1);
            reader._reader.Read();
            return root.Kind == ConfigNodeKind.Null ? null : root;
        }
        catch (JsonException e)
        {
            int line = (int)(e.LineNumber ?? 0) + 1;
            int column = reader.Column(line, (int)(e.BytePositionInLine ?? 0));
            throw new SourceFault(new SourcePosition(source, line, column), "bad JSON: " + Clean(e.Message));
        }
        catch (InvalidOperationException)
        {
            throw new SourceFault(reader.At(), "bad JSON: a text holds half of a surrogate pair");
        }
    }

    private ConfigNode ReadNode(int depth)
    {
        SourcePosition at = At();
        _budget.CheckDepth(depth, at);
        _budget.Spend(at);
        return _reader.TokenType switch
        {
            JsonTokenType.StartObject => ReadObject(at, depth),
            JsonTokenType.StartArray => ReadList(at, depth),
            JsonTokenType.String => Scalar(ConfigNodeKind.Text, _reader.GetString()!, at),
            JsonTokenType.Number => Scalar(ConfigNodeKind.Number, Encoding.UTF8.GetString(_reader.ValueSpan), at),
            JsonTokenType.True => Scalar(ConfigNodeKind.Bool, "true", at),
            JsonTokenType.False => Scalar(ConfigNodeKind.Bool, "false", at),
            _ => Scalar(ConfigNodeKind.Null, "", at),
        };
    }

    private static ConfigNode Scalar(ConfigNodeKind kind, string text, SourcePosition at) =>
        new() { Kind = kind, Position = at, Text = text };

    private ConfigNode ReadList(SourcePosition at, int depth)
    {
        ConfigNode list = new() { Kind = ConfigNodeKind.List, Position = at, Items = [] };
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            list.Items.Add(ReadNode(depth + 1));
        }

        return list;
    }

    private ConfigNode ReadObject(SourcePosition at, int depth)
    {
        ConfigNode result = new() { Kind = ConfigNodeKind.Object, Position = at, Entries = [] };
        HashSet<string> keys = [];
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            SourcePosition keyAt = At();
            string key = _reader.GetString()!;
            if (!keys.Add(key))
            {
                throw new SourceFault(keyAt, $"found the key \"{ConfigNode.Shorten(key)}\" a second time in the same object");
            }

            _reader.Read();
            result.Entries.Add(new ConfigEntry(key, keyAt, ReadNode(depth + 1)));
        }

        return result;
    }

    // Tokens come in order, so lines are counted once over the whole source.
    private SourcePosition At()
    {
        int index = (int)_reader.TokenStartIndex;
        ReadOnlySpan<byte> since = _bytes[_counted..index];
        int last = since.LastIndexOf((byte)'\n');
        if (last >= 0)
        {
            _line += since.Count((byte)'\n');
            _lineStart = _counted + last + 1;
        }

        _counted = index;
        return new SourcePosition(_source, _line, SourceText.Characters(_bytes[_lineStart..index]) + 1);
    }

    private readonly int Column(int line, int bytePosition)
    {
        ReadOnlySpan<byte> rest = _bytes;
        for (int i = 1; i < line; i++)
        {
            rest = rest[(rest.IndexOf((byte)'\n') + 1)..];
        }

        return SourceText.Characters(rest[..Math.Min(bytePosition, rest.Length)]) + 1;
    }

    // The library adds its own place to the text, and advice for programmers; the place is already in front of it.
    private static string Clean(string message)
    {
        if (message.Contains("trailing comma", StringComparison.Ordinal))
        {
            return "found a comma after the last item, expected the end of the list or object";
        }

        if (message.Contains("depth to be zero", StringComparison.Ordinal))
        {
            return "the text ends inside a list or an object";
        }

        int end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        string text = end > 0 ? message[..end] : message;
        return char.ToLowerInvariant(text[0]) + text[1..].TrimEnd('.');
    }
}
