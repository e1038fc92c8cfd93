using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Nuncio.Config.Loading;

/// <summary>
/// Reads the message types that have a form of their own in protobuf's JSON: durations, timestamps, wrappers, structs and
/// <c>Any</c>. One per <see cref="MessageReader"/>.
/// </summary>
internal sealed class WellKnownReader(MessageReader messages, LoadContext context)
{
    /// <summary>The one type for which null is a value.</summary>
    public const string ValueType = "google.protobuf.Value";

    private const string AnyType = "google.protobuf.Any";
    private const string StructType = "google.protobuf.Struct";
    private const string ListType = "google.protobuf.ListValue";
    private const string DurationType = "google.protobuf.Duration";
    private const string TimestampType = "google.protobuf.Timestamp";
    private const string TypeKey = "@type";

    private static readonly Dictionary<string, FieldType> Wrappers = new()
    {
        ["google.protobuf.DoubleValue"] = FieldType.Double,
        ["google.protobuf.FloatValue"] = FieldType.Float,
        ["google.protobuf.Int64Value"] = FieldType.Int64,
        ["google.protobuf.UInt64Value"] = FieldType.UInt64,
        ["google.protobuf.Int32Value"] = FieldType.Int32,
        ["google.protobuf.UInt32Value"] = FieldType.UInt32,
        ["google.protobuf.BoolValue"] = FieldType.Bool,
        ["google.protobuf.StringValue"] = FieldType.String,
        ["google.protobuf.BytesValue"] = FieldType.Bytes,
    };

    /// <summary>Whether <paramref name="type"/> has a form of its own.</summary>
    public static bool Handles(MessageDescriptor type) =>
        type.FullName is AnyType or StructType or ListType or ValueType or DurationType or TimestampType
        || Wrappers.ContainsKey(type.FullName);

    /// <summary>Whether <paramref name="typeName"/> is one of the types that wrap a scalar.</summary>
    public static bool IsWrapper(string typeName) => Wrappers.ContainsKey(typeName);

    /// <summary>Whether <paramref name="typeName"/> is one of the two types that hold another one as a struct.</summary>
    public static bool IsTypedStruct(string typeName) => typeName is "udpa.type.v1.TypedStruct" or "xds.type.v3.TypedStruct";

    /// <summary>The message, or the boxed value of a wrapper; null after an error.</summary>
    public object? Read(MessageDescriptor type, ConfigNode node, string path) => type.FullName switch
    {
        AnyType => ReadAny(node, path),
        StructType => ReadStruct(node, path),
        ListType => ReadListValue(node, path),
        ValueType => ReadValue(node, path),
        DurationType => ReadDuration(node, path),
        TimestampType => ReadTimestamp(node, path),
        _ => ReadWrapper(Wrappers[type.FullName], node, path),
    };

    /// <summary>The message that a TypedStruct of another source stands for; null after an error.</summary>
    public Any? ReadTypedStruct(string typeUrl, ConfigNode value, string path)
    {
        ConfigNode typeNode = new() { Kind = ConfigNodeKind.Text, Position = value.Position, Text = typeUrl };
        return ReadTyped(typeNode, value, path, allowTypedStruct: false);
    }

    private object? ReadWrapper(FieldType type, ConfigNode node, string path)
    {
        // Envoy's loader takes a wrapper as the message it is on the wire, too.
        bool isMessage = node is { Kind: ConfigNodeKind.Object, Entries.Count: 1 };
        ConfigNode inner = isMessage && node.Find("value") is { } value ? value : node;
        object? read = ScalarReader.Read(type, inner);
        if (read is null)
        {
            context.Error(inner.Position, path, $"found {inner.Describe()}, expected {ScalarReader.Expectation(type, inner)}");
        }

        return read;
    }

    private Duration? ReadDuration(ConfigNode node, string path)
    {
        if (node.Kind == ConfigNodeKind.Object)
        {
            Duration parts = new();
            messages.ReadInto(parts, node, path);
            if (DurationText.TryCreate(parts.Seconds, parts.Nanos, out Duration? whole))
            {
                return whole;
            }

            context.Error(node.Position, path, "found seconds and nanos that are out of range or of different signs, expected a duration");
            return null;
        }

        if (node.Kind == ConfigNodeKind.Text && DurationText.TryParse(node.Text, out Duration? duration))
        {
            return duration;
        }

        string guess = DurationText.Guess(node.Text) is { } better && node.Kind is ConfigNodeKind.Text or ConfigNodeKind.Number
            ? $"; did you mean {better}?"
            : "";
        context.Error(node.Position, path, $"found {node.Describe()}, expected a duration in seconds such as 0.25s{guess}");
        return null;
    }

    private Timestamp? ReadTimestamp(ConfigNode node, string path)
    {
        const DateTimeStyles Styles = DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal;
        if (node.Kind == ConfigNodeKind.Text && DateTimeOffset.TryParse(node.Text, CultureInfo.InvariantCulture, Styles, out DateTimeOffset time))
        {
            return Timestamp.FromDateTimeOffset(time);
        }

        context.Error(node.Position, path, $"found {node.Describe()}, expected a time such as 2026-01-31T12:00:00Z");
        return null;
    }

    private Struct? ReadStruct(ConfigNode node, string path)
    {
        if (node.Kind != ConfigNodeKind.Object)
        {
            context.Error(node.Position, path, $"found {node.Describe()}, expected an object");
            return null;
        }

        Struct result = new();
        foreach (ConfigEntry entry in node.Entries)
        {
            string entryPath = path + "[\"" + entry.Key + "\"]";
            context.Positions[entryPath] = entry.Place;
            result.Fields[entry.Key] = ReadValue(entry.Value, entryPath);
        }

        return result;
    }

    private ListValue? ReadListValue(ConfigNode node, string path)
    {
        if (node.Kind != ConfigNodeKind.List)
        {
            context.Error(node.Position, path, $"found {node.Describe()}, expected a list");
            return null;
        }

        ListValue result = new();
        for (int i = 0; i < node.Items.Count; i++)
        {
            string itemPath = path + "[" + i.ToString(CultureInfo.InvariantCulture) + "]";
            context.Positions[itemPath] = node.Items[i].Position;
            result.Values.Add(ReadValue(node.Items[i], itemPath));
        }

        return result;
    }

    private Value ReadValue(ConfigNode node, string path)
    {
        switch (node.Kind)
        {
            case ConfigNodeKind.Bool:
                return Value.ForBool(node.Text == "true");
            case ConfigNodeKind.Number:
                return Value.ForNumber(double.Parse(node.Text, CultureInfo.InvariantCulture));
            case ConfigNodeKind.Text:
                return Value.ForString(node.Text);
            case ConfigNodeKind.List:
                return new Value { ListValue = ReadListValue(node, path) };
            case ConfigNodeKind.Object:
                return new Value { StructValue = ReadStruct(node, path) };
            default:
                return Value.ForNull();
        }
    }

    private Any? ReadAny(ConfigNode node, string path)
    {
        if (node.Kind != ConfigNodeKind.Object)
        {
            context.Error(node.Position, path, $"found {node.Describe()}, expected an object with \"{TypeKey}\"");
            return null;
        }

        if (node.Find(TypeKey) is not { } typeNode)
        {
            // Envoy: an empty FilterConfig.config enables a filter on a route and configures nothing.
            if (node.Entries.Count == 0 && path.EndsWith("\"].config", StringComparison.Ordinal))
            {
                return new Any();
            }

            context.Error(node.Position, path, $"found an object without \"{TypeKey}\", expected the type of the extension under that key");
            return null;
        }

        return ReadTyped(typeNode, node, path, allowTypedStruct: true);
    }

    private Any? ReadTyped(ConfigNode typeNode, ConfigNode node, string path, bool allowTypedStruct)
    {
        string typePath = MessageReader.Join(path, TypeKey);
        if (typeNode.Kind != ConfigNodeKind.Text || !typeNode.Text.Contains('/', StringComparison.Ordinal))
        {
            string guess = typeNode.Kind == ConfigNodeKind.Text && ApiRegistry.FindType(typeNode.Text) is { } meant
                ? $"; did you mean \"type.googleapis.com/{meant.FullName}\"?"
                : "";
            string found = typeNode.Kind == ConfigNodeKind.Text ? $"\"{ConfigNode.Shorten(typeNode.Text, 150)}\"" : typeNode.Describe();
            context.Error(
                typeNode.Position,
                typePath,
                $"found {found}, expected a type such as \"type.googleapis.com/package.Message\"{guess}");
            return null;
        }

        if (ApiRegistry.FindType(typeNode.Text) is not { } type)
        {
            string why = EnvoyTypes.DescribeUnknown(AnyDecoder.TypeName(typeNode.Text));
            if (context.IsOptional(path))
            {
                context.LetPass(typeNode.Position, typePath, why);
                return Unread(typeNode.Text, ReadRest(node, path));
            }

            context.Error(typeNode.Position, typePath, why);
            return null;
        }

        if (IsTypedStruct(type.FullName))
        {
            return ReadTypedStruct(typeNode, node, path, allowTypedStruct);
        }

        IMessage? message = Handles(type) ? ReadSpecial(type, node, path) : ReadPlain(type, node, path, allowTypedStruct ? TypeKey : null);
        return message is null ? null : new Any { TypeUrl = typeNode.Text, Value = message.ToByteString() };
    }

    /// <summary>
    /// What stands for a message of a type that nobody knows and nobody has to: its name and content, in a form that can still be
    /// printed.
    /// </summary>
    internal static Any Unread(string typeUrl, Struct? value) => new()
    {
        TypeUrl = "type.googleapis.com/" + Xds.Type.V3.TypedStruct.Descriptor.FullName,
        Value = new Xds.Type.V3.TypedStruct { TypeUrl = typeUrl, Value = value }.ToByteString(),
    };

    private Struct? ReadRest(ConfigNode node, string path)
    {
        ConfigNode rest = new()
        {
            Kind = ConfigNodeKind.Object,
            Position = node.Position,
            Entries = [.. node.Entries.Where(static entry => entry.Key != TypeKey)],
        };
        return ReadStruct(rest, path);
    }

    private IMessage ReadPlain(MessageDescriptor type, ConfigNode node, string path, string? skip)
    {
        IMessage message = MessageReader.NewMessage(type);
        messages.ReadInto(message, node, path, under: null, skip);
        return message;
    }

    // Types with a form of their own sit under "value" in an Any.
    private IMessage? ReadSpecial(MessageDescriptor type, ConfigNode node, string path)
    {
        ConfigNode value = node.Find("value") ?? new ConfigNode { Kind = ConfigNodeKind.Null, Position = node.Position };
        if (Read(type, value, path) is not { } read)
        {
            return null;
        }

        if (!Wrappers.ContainsKey(type.FullName))
        {
            return (IMessage)read;
        }

        IMessage wrapper = MessageReader.NewMessage(type);
        type.FindFieldByNumber(1).Accessor.SetValue(wrapper, read);
        return wrapper;
    }

    private Any? ReadTypedStruct(ConfigNode typeNode, ConfigNode node, string path, bool allowed)
    {
        if (!allowed)
        {
            context.Error(typeNode.Position, path, "found a TypedStruct inside a TypedStruct, expected the type that is meant");
            return null;
        }

        foreach (ConfigEntry entry in node.Entries)
        {
            if (entry.Key is not (TypeKey or "type_url" or "typeUrl" or "value"))
            {
                string name = ConfigNode.Shorten(entry.Key);
                context.UnknownField(
                    entry.KeyPosition,
                    path,
                    MessageReader.Join(path, name),
                    $"found the unknown field \"{name}\", expected type_url or value of a TypedStruct");
            }
        }

        if ((node.Find("type_url") ?? node.Find("typeUrl")) is not { } inner)
        {
            context.Error(node.Position, path, "found a TypedStruct without \"type_url\", expected the type that is meant");
            return null;
        }

        ConfigNode value = node.Find("value") is { Kind: not ConfigNodeKind.Null } given
            ? given
            : new ConfigNode { Kind = ConfigNodeKind.Object, Position = node.Position };
        return ReadTyped(inner, value, path, allowTypedStruct: false);
    }
}
