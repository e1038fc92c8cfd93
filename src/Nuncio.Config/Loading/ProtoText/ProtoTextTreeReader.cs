using System.Globalization;
using System.Text;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;

namespace Nuncio.Config.Loading.ProtoText;

/// <summary>
/// Brings a source in protobuf's text form into the tree that the other forms have: fields that repeat become lists, maps and structs
/// objects, wrappers their values, an <c>Any</c> an object with <c>@type</c>. One per source.
/// </summary>
/// <remarks>
/// That needs the types, unlike the other readers: in this form <c>a: 1 a: 2</c> is a list because the field is one. What is wrong with
/// a value is told to the context at once, and its field is left out of the tree; names that nobody knows stay in it, for
/// <see cref="MessageReader"/> to refuse.
/// </remarks>
internal sealed class ProtoTextTreeReader
{
    private const string TypeKey = "@type";

    private readonly LoadContext _context;

    private ProtoTextTreeReader(LoadContext context) => _context = context;

    /// <summary>The tree of <paramref name="text"/>, a message of <paramref name="type"/>. Null when there is nothing in it.</summary>
    public static ConfigNode? Read(string text, string source, MessageDescriptor type, LoadContext context)
    {
        TextValue root = TextParser.Parse(text, source, context.Options.Limits);
        return root.Fields.Count == 0 ? null : new ProtoTextTreeReader(context).Message(type, root, "");
    }

    private static ConfigNode Scalar(ConfigNodeKind kind, string text, SourcePosition at) => new() { Kind = kind, Position = at, Text = text };

    private static ConfigNode Object(SourcePosition at) => new() { Kind = ConfigNodeKind.Object, Position = at, Entries = [] };

    private static ConfigNode List(SourcePosition at) => new() { Kind = ConfigNodeKind.List, Position = at, Items = [] };

    private void Error(TextValue value, string path, string expected) =>
        _context.Error(value.Position, path, $"found {value.Describe()}, expected {expected}");

    private ConfigNode Message(MessageDescriptor type, TextValue value, string path)
    {
        ConfigNode node = Object(value.Position);
        MessageSchema schema = MessageSchema.Of(type);
        Dictionary<FieldDescriptor, ConfigNode> repeated = [];
        foreach (TextField field in value.Fields)
        {
            if (field.IsType)
            {
                _context.Error(field.Position, path, $"found [{ConfigNode.Shorten(field.Name, 150)}], which only an Any may hold, expected a field of {type.FullName}");
            }
            else if (schema.Find(field.Name) is not { } known)
            {
                node.Entries.Add(new ConfigEntry(field.Name, field.Position, Scalar(ConfigNodeKind.Null, "", field.Position)));
            }
            else if (known.IsRepeated)
            {
                if (!repeated.TryGetValue(known, out ConfigNode? all))
                {
                    all = known.IsMap ? Object(field.Value.Position) : List(field.Value.Position);
                    repeated.Add(known, all);
                    node.Entries.Add(new ConfigEntry(known.Name, field.Position, all));
                }

                AddTo(all, known, field.Value, MessageReader.Join(path, known.Name));
            }
            else if (Value(known, field.Value, MessageReader.Join(path, known.Name)) is { } single)
            {
                node.Entries.Add(new ConfigEntry(known.Name, field.Position, single));
            }
        }

        return node;
    }

    private void AddTo(ConfigNode all, FieldDescriptor field, TextValue value, string path)
    {
        foreach (TextValue item in value.Kind == TextValueKind.List ? value.Items : [value])
        {
            if (field.IsMap)
            {
                AddEntry(all, field, item, path);
            }
            else if (Value(field, item, path + "[" + all.Items.Count.ToString(CultureInfo.InvariantCulture) + "]") is { } node)
            {
                all.Items.Add(node);
            }
        }
    }

    private void AddEntry(ConfigNode map, FieldDescriptor field, TextValue value, string path)
    {
        if (value.Kind != TextValueKind.Message)
        {
            Error(value, path, "a message with key and value");
            return;
        }

        FieldDescriptor keyField = field.MessageType.FindFieldByNumber(1);
        FieldDescriptor valueField = field.MessageType.FindFieldByNumber(2);
        foreach (TextField part in value.Fields)
        {
            if (part.IsType || part.Name is not ("key" or "value"))
            {
                _context.Error(part.Position, path, $"found \"{ConfigNode.Shorten(part.Name)}\", expected key or value");
                return;
            }
        }

        ConfigNode? key = value.Find("key") is { } given ? Value(keyField, given, path) : Default(keyField.FieldType, value.Position);
        if (key is null)
        {
            return;
        }

        TextValue content = value.Find("value") ?? new TextValue { Kind = TextValueKind.Message, Position = value.Position };
        ConfigNode? node = content.Fields.Count == 0 && content.Kind == TextValueKind.Message && valueField.FieldType != FieldType.Message
            ? Default(valueField.FieldType, value.Position)
            : Value(valueField, content, path + "[\"" + key.Text + "\"]");
        if (node is not null)
        {
            map.Entries.RemoveAll(entry => entry.Key == key.Text);
            map.Entries.Add(new ConfigEntry(key.Text, value.Position, node));
        }
    }

    private ConfigNode? Value(FieldDescriptor field, TextValue value, string path)
    {
        if (field.FieldType != FieldType.Message)
        {
            return ScalarOf(field, value, path);
        }

        if (value.Kind != TextValueKind.Message)
        {
            Error(value, path, $"a message ({field.MessageType.FullName})");
            return null;
        }

        return field.MessageType.FullName switch
        {
            "google.protobuf.Any" => Any(value, path),
            "google.protobuf.Struct" => Struct(field.MessageType, value, path),
            "google.protobuf.ListValue" => ListValue(field.MessageType, value, path),
            WellKnownReader.ValueType => StructValue(field.MessageType, value, path),
            { } name when WellKnownReader.IsWrapper(name) => Wrapper(field.MessageType, value, path),
            _ => Message(field.MessageType, value, path),
        };
    }

    private ConfigNode? Any(TextValue value, string path)
    {
        ConfigNode node = Object(value.Position);
        if (value.Fields.Count == 0)
        {
            return node; // Refused, but where Envoy takes it, by whoever knows the place.
        }

        if (value.Fields is not [{ IsType: true, Value.Kind: TextValueKind.Message } field])
        {
            Error(value, path, "one field such as [type.googleapis.com/package.Message] { ... }");
            return null;
        }

        node.Entries.Add(new ConfigEntry(TypeKey, field.Position, Scalar(ConfigNodeKind.Text, field.Name, field.Position)));
        if (ApiRegistry.FindType(field.Name) is not { } type)
        {
            return node;
        }

        if (WellKnownReader.Handles(type))
        {
            if (WellKnown(type, field.Value, path) is { } special)
            {
                node.Entries.Add(new ConfigEntry("value", field.Position, special));
            }
        }
        else
        {
            node.Entries.AddRange(Message(type, field.Value, path).Entries);
        }

        return node;
    }

    private ConfigNode? WellKnown(MessageDescriptor type, TextValue value, string path) => type.FullName switch
    {
        "google.protobuf.Any" => Any(value, path),
        "google.protobuf.Struct" => Struct(type, value, path),
        "google.protobuf.ListValue" => ListValue(type, value, path),
        WellKnownReader.ValueType => StructValue(type, value, path),
        { } name when WellKnownReader.IsWrapper(name) => Wrapper(type, value, path),
        _ => Message(type, value, path),
    };

    private ConfigNode? Wrapper(MessageDescriptor type, TextValue value, string path)
    {
        FieldDescriptor field = type.FindFieldByNumber(1);
        switch (value.Fields)
        {
            case []:
                return Default(field.FieldType, value.Position);
            case [{ IsType: false, Name: "value" } only]:
                return ScalarOf(field, only.Value, path);
            default:
                Error(value, path, $"a message with the field value alone ({type.FullName})");
                return null;
        }
    }

    private ConfigNode Struct(MessageDescriptor type, TextValue value, string path)
    {
        ConfigNode message = Message(type, value, path);
        return message.Find("fields") is { Kind: ConfigNodeKind.Object } fields && message.Entries.Count == 1
            ? fields.At(value.Position)
            : message.Entries.Count == 0 ? message : Reported(message, path, "fields of a google.protobuf.Struct");
    }

    private ConfigNode ListValue(MessageDescriptor type, TextValue value, string path)
    {
        ConfigNode message = Message(type, value, path);
        return message.Find("values") is { Kind: ConfigNodeKind.List } values && message.Entries.Count == 1
            ? values.At(value.Position)
            : message.Entries.Count == 0 ? List(value.Position) : Reported(List(value.Position), path, "values of a google.protobuf.ListValue");
    }

    private ConfigNode StructValue(MessageDescriptor type, TextValue value, string path)
    {
        ConfigNode message = Message(type, value, path);
        return message.Entries switch
        {
            [] => Scalar(ConfigNodeKind.Null, "", value.Position),
            [{ Key: "null_value" }] => Scalar(ConfigNodeKind.Null, "", value.Position),
            [{ Value.Kind: not ConfigNodeKind.Null } only] => only.Value,
            _ => Reported(message, path, "one of null_value, number_value, string_value, bool_value, struct_value, list_value"),
        };
    }

    private ConfigNode Reported(ConfigNode node, string path, string expected)
    {
        _context.Error(node.Position, path, "found other fields, expected " + expected);
        return node;
    }

    private static ConfigNode Default(FieldType type, SourcePosition at) => type switch
    {
        FieldType.String or FieldType.Bytes => Scalar(ConfigNodeKind.Text, "", at),
        FieldType.Bool => Scalar(ConfigNodeKind.Bool, "false", at),
        _ => Scalar(ConfigNodeKind.Number, "0", at),
    };

    private ConfigNode? ScalarOf(FieldDescriptor field, TextValue value, string path)
    {
        ConfigNode? node = field.FieldType switch
        {
            FieldType.String => Utf8(value),
            FieldType.Bytes when value.Kind == TextValueKind.Text => Scalar(ConfigNodeKind.Text, Convert.ToBase64String(value.Bytes), value.Position),
            FieldType.Bool => Bool(value),
            FieldType.Enum when value.Kind == TextValueKind.Word => Scalar(ConfigNodeKind.Text, value.Word, value.Position),
            FieldType.Double or FieldType.Float when value.Kind == TextValueKind.Word => NotFinite(value),
            not (FieldType.String or FieldType.Bytes or FieldType.Bool) when value.Kind == TextValueKind.Number =>
                Scalar(ConfigNodeKind.Number, value.Word, value.Position),
            _ => null,
        };
        if (node is null)
        {
            ConfigNode found = Scalar(ConfigNodeKind.Null, value.Word, value.Position);
            Error(value, path, field.FieldType switch
            {
                FieldType.String => "a quoted text in UTF-8",
                FieldType.Bytes => "quoted bytes",
                _ => ScalarReader.Expectation(field, found),
            });
        }

        return node;
    }

    private static ConfigNode? Utf8(TextValue value)
    {
        if (value.Kind != TextValueKind.Text || !System.Text.Unicode.Utf8.IsValid(value.Bytes))
        {
            return null;
        }

        return Scalar(ConfigNodeKind.Text, Encoding.UTF8.GetString(value.Bytes), value.Position);
    }

    private static ConfigNode? Bool(TextValue value) => (value.Kind, value.Word) switch
    {
        (TextValueKind.Word, "true" or "True" or "t") or (TextValueKind.Number, "1") => Scalar(ConfigNodeKind.Bool, "true", value.Position),
        (TextValueKind.Word, "false" or "False" or "f") or (TextValueKind.Number, "0") => Scalar(ConfigNodeKind.Bool, "false", value.Position),
        _ => null,
    };

    private static ConfigNode? NotFinite(TextValue value) => value.Word.ToUpperInvariant() switch
    {
        "INF" or "INFINITY" => Scalar(ConfigNodeKind.Text, "Infinity", value.Position),
        "-INF" or "-INFINITY" => Scalar(ConfigNodeKind.Text, "-Infinity", value.Position),
        "NAN" or "-NAN" => Scalar(ConfigNodeKind.Text, "NaN", value.Position),
        _ => null,
    };
}
