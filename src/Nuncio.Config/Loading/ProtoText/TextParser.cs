using Nuncio.Config.Errors;

namespace Nuncio.Config.Loading.ProtoText;

/// <summary>
/// Builds the tree of a source in protobuf's text form, without knowing any type. One per source. Throws <see cref="SourceFault"/>
/// for what is not of the grammar, and at the limits.
/// </summary>
internal sealed class TextParser
{
    private readonly TextScanner _scanner;
    private readonly NodeBudget _budget;
    private TextToken _token;

    private TextParser(string text, string source, LoadLimits limits)
    {
        _scanner = new TextScanner(text, source);
        _budget = new NodeBudget(limits);
        _token = _scanner.Next();
    }

    /// <summary>The message that the whole of <paramref name="text"/> is; one without fields when it is empty.</summary>
    public static TextValue Parse(string text, string source, LoadLimits limits)
    {
        TextParser parser = new(text, source, limits);
        TextValue root = new() { Kind = TextValueKind.Message, Position = parser._token.Position };
        while (parser._token.Kind != TextTokenKind.End)
        {
            root.Fields.Add(parser.ParseField(2));
        }

        return root;
    }

    private static SourceFault Unexpected(in TextToken token, string expected) =>
        new(token.Position, $"found {token.Describe()}, expected {expected}");

    private TextToken Take()
    {
        TextToken taken = _token;
        _token = _scanner.Next();
        return taken;
    }

    private bool TryTake(char symbol)
    {
        bool found = _token.Is(symbol);
        if (found)
        {
            Take();
        }

        return found;
    }

    private TextField ParseField(int depth)
    {
        SourcePosition at = _token.Position;
        _budget.CheckDepth(depth, at);
        _budget.Spend(at);
        bool isType = TryTake('[');
        string name = isType ? ParseTypeName()
            : _token.Kind == TextTokenKind.Name ? Take().Text
            : throw Unexpected(_token, "the name of a field");

        // The colon may be left out in front of a message, and of a list of messages.
        bool hasColon = TryTake(':');
        TextValue value = hasColon || _token.Is('{') || _token.Is('<') || _token.Is('[')
            ? ParseValue(depth)
            : throw Unexpected(_token, $"\":\" or a message behind \"{ConfigNode.Shorten(name)}\"");
        if (!TryTake(','))
        {
            TryTake(';');
        }

        return new TextField(name, isType, at, value);
    }

    private string ParseTypeName()
    {
        System.Text.StringBuilder name = new();
        while (_token.Kind == TextTokenKind.Name || _token.Kind == TextTokenKind.Number || _token.Is('.') || _token.Is('/') || _token.Is('-'))
        {
            name.Append(Take().Text);
        }

        return TryTake(']') ? name.ToString() : throw Unexpected(_token, "a type such as [type.googleapis.com/package.Message]");
    }

    private TextValue ParseValue(int depth)
    {
        SourcePosition at = _token.Position;
        if (_token.Is('{') || _token.Is('<'))
        {
            return ParseMessage(at, depth);
        }

        if (TryTake('['))
        {
            return ParseList(at, depth);
        }

        if (_token.Kind == TextTokenKind.Text)
        {
            return ParseText(at);
        }

        string sign = TryTake('-') ? "-" : "";
        TextValueKind? kind = _token.Kind switch
        {
            TextTokenKind.Number => TextValueKind.Number,
            TextTokenKind.Name => TextValueKind.Word,
            _ => null,
        };
        return kind is { } known
            ? new TextValue { Kind = known, Position = at, Word = sign + Take().Text }
            : throw Unexpected(_token, "a value");
    }

    private TextValue ParseText(SourcePosition at)
    {
        byte[] bytes = Take().Bytes;
        if (_token.Kind != TextTokenKind.Text)
        {
            return new TextValue { Kind = TextValueKind.Text, Position = at, Bytes = bytes };
        }

        List<byte> all = [.. bytes];
        while (_token.Kind == TextTokenKind.Text)
        {
            all.AddRange(Take().Bytes);
        }

        return new TextValue { Kind = TextValueKind.Text, Position = at, Bytes = [.. all] };
    }

    private TextValue ParseMessage(SourcePosition at, int depth)
    {
        char end = Take().Is('{') ? '}' : '>';
        TextValue message = new() { Kind = TextValueKind.Message, Position = at };
        while (!TryTake(end))
        {
            if (_token.Kind == TextTokenKind.End)
            {
                throw new SourceFault(_token.Position, $"the text ends inside the message that begins in line {at.Line}");
            }

            message.Fields.Add(ParseField(depth + 1));
        }

        return message;
    }

    private TextValue ParseList(SourcePosition at, int depth)
    {
        TextValue list = new() { Kind = TextValueKind.List, Position = at };
        if (TryTake(']'))
        {
            return list;
        }

        do
        {
            if (_token.Is('['))
            {
                throw Unexpected(_token, "a list item, which is no list");
            }

            _budget.Spend(_token.Position);
            list.Items.Add(ParseValue(depth));
        }
        while (TryTake(','));
        return TryTake(']') ? list : throw Unexpected(_token, "\",\" or \"]\"");
    }
}
