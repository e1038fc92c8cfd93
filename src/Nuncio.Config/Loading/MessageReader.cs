using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;

namespace Nuncio.Config.Loading;

/// <summary>
/// Fills messages from <see cref="ConfigNode"/>s by protobuf's JSON mapping (https://protobuf.dev/programming-guides/json/)
/// and the leniencies of Envoy's loader: one value where a list is expected, and a duration as an object. It goes on
/// after an error, so that one run tells them all. One per source of a load, one thread.
/// </summary>
/// <remarks>
/// Recursion is as deep as the source is nested, which the tree readers bound. <c>under</c>, where given, is the message
/// that this one will be merged over: list items are then counted from behind its items, so that paths are those of
/// the merged message.
/// </remarks>
internal sealed class MessageReader
{
    private readonly LoadContext _context;
    private readonly WellKnownReader _wellKnown;

    /// <summary>A reader that reports to <paramref name="context"/>.</summary>
    public MessageReader(LoadContext context)
    {
        _context = context;
        _wellKnown = new WellKnownReader(this, context);
    }

    /// <summary>A message with nothing set.</summary>
    public static IMessage NewMessage(MessageDescriptor type) => type.Parser.ParseFrom(ByteString.Empty);

    /// <summary>The path of a field of the message at <paramref name="path"/>.</summary>
    public static string Join(string path, string name) => path.Length == 0 ? name : path + "." + name;

    /// <summary>Sets the fields of <paramref name="message"/> from an object; <paramref name="skip"/> is a key that is not a field.</summary>
    /// <returns>False when <paramref name="node"/> is no object, so that there is no message at all.</returns>
    public bool ReadInto(IMessage message, ConfigNode node, string path, IMessage? under = null, string? skip = null)
    {
        if (node.Kind != ConfigNodeKind.Object)
        {
            _context.Error(node.Position, path, $"found {node.Describe()}, expected an object ({message.Descriptor.FullName})");
            return false;
        }

        MessageSchema schema = MessageSchema.Of(message.Descriptor);
        if (schema.OptionalExtension is { } extension && (node.Find("is_optional") ?? node.Find("isOptional")) is { Text: "true" })
        {
            _context.AddOptional(Join(path, extension));
        }

        HashSet<FieldDescriptor> seen = [];
        Dictionary<OneofDescriptor, FieldDescriptor> chosen = [];
        foreach (ConfigEntry entry in node.Entries)
        {
            if (entry.Key == skip)
            {
                continue;
            }

            if (schema.Find(entry.Key) is not { } field)
            {
                string unknown = Join(path, ConfigNode.Shorten(entry.Key));
                _context.UnknownField(entry.KeyPosition, path, unknown, schema.DescribeUnknown(entry.Key));
                continue;
            }

            string fieldPath = Join(path, field.Name);
            if (!seen.Add(field))
            {
                _context.Error(entry.KeyPosition, fieldPath, $"found \"{field.Name}\" a second time, as \"{entry.Key}\"");
                continue;
            }

            _context.Positions[fieldPath] = entry.Place;
            if (CanRead(field, entry, fieldPath, chosen))
            {
                ReadField(message, field, entry.Value, fieldPath, under);
            }
        }

        return true;
    }

    /// <summary>
    /// The value of one singular field or one list item as the field's accessor takes it: a boxed scalar, or a message.
    /// Null after an error.
    /// </summary>
    public object? ReadValue(FieldDescriptor field, ConfigNode node, string path, IMessage? under)
    {
        if (field.FieldType == FieldType.Message)
        {
            return ReadMessage(field.MessageType, node, path, under);
        }

        object? value = ScalarReader.Read(field, node);
        if (value is null)
        {
            _context.Error(node.Position, path, $"found {node.Describe()}, expected {ScalarReader.Expectation(field, node)}");
        }

        return value;
    }

    /// <summary>A message of <paramref name="type"/>; for a wrapper type the boxed value in it. Null after an error.</summary>
    public object? ReadMessage(MessageDescriptor type, ConfigNode node, string path, IMessage? under)
    {
        if (WellKnownReader.Handles(type))
        {
            return _wellKnown.Read(type, node, path);
        }

        IMessage message = NewMessage(type);
        return ReadInto(message, node, path, under) ? message : null;
    }

    private static bool TakesNull(FieldDescriptor field) =>
        field.FieldType == FieldType.Message && field.MessageType.FullName == WellKnownReader.ValueType;

    // Null means "not set", except where null is itself a value. A member of a oneof must be alone.
    private bool CanRead(FieldDescriptor field, ConfigEntry entry, string path, Dictionary<OneofDescriptor, FieldDescriptor> chosen)
    {
        if (entry.Value.Kind == ConfigNodeKind.Null && (field.IsRepeated || !TakesNull(field)))
        {
            return false;
        }

        if (field.RealContainingOneof is { } oneof && !chosen.TryAdd(oneof, field))
        {
            _context.Error(entry.KeyPosition, path, $"found both \"{chosen[oneof].Name}\" and \"{field.Name}\", expected one of them");
            return false;
        }

        return true;
    }

    private void ReadField(IMessage message, FieldDescriptor field, ConfigNode node, string path, IMessage? under)
    {
        if (field.IsMap)
        {
            ReadMap((IDictionary)field.Accessor.GetValue(message), field, node, path);
        }
        else if (field.IsRepeated)
        {
            int offset = under is null ? 0 : ((IList)field.Accessor.GetValue(under)).Count;
            ReadList((IList)field.Accessor.GetValue(message), field, node, path, offset);
        }
        else
        {
            IMessage? below = under is null ? null : field.Accessor.GetValue(under) as IMessage;
            if (ReadValue(field, node, path, below) is { } value)
            {
                field.Accessor.SetValue(message, value);
            }
        }
    }

    private void ReadList(IList list, FieldDescriptor field, ConfigNode node, string path, int offset)
    {
        // A google.protobuf.ListValue has items of its own; a list is one such item only inside another list.
        List<ConfigNode> items = node.Kind == ConfigNodeKind.List ? node.Items : [node];
        for (int i = 0; i < items.Count; i++)
        {
            string itemPath = path + "[" + (offset + i).ToString(CultureInfo.InvariantCulture) + "]";
            ConfigNode item = items[i];
            _context.Positions[itemPath] = item.Position;
            if (item.Kind == ConfigNodeKind.Null && !TakesNull(field))
            {
                _context.Error(item.Position, itemPath, "found nothing, expected a list item");
            }
            else if (ReadValue(field, item, itemPath, null) is { } value)
            {
                list.Add(value);
            }
        }
    }

    private void ReadMap(IDictionary map, FieldDescriptor field, ConfigNode node, string path)
    {
        if (node.Kind != ConfigNodeKind.Object)
        {
            _context.Error(node.Position, path, $"found {node.Describe()}, expected an object of names and values");
            return;
        }

        FieldDescriptor keyField = field.MessageType.FindFieldByNumber(1);
        FieldDescriptor valueField = field.MessageType.FindFieldByNumber(2);
        foreach (ConfigEntry entry in node.Entries)
        {
            string entryPath = path + "[\"" + entry.Key + "\"]";
            _context.Positions[entryPath] = entry.Place;
            ConfigNode keyNode = new() { Kind = ConfigNodeKind.Text, Position = entry.KeyPosition, Text = entry.Key };
            object? key = ReadValue(keyField, keyNode, entryPath, null);
            if (entry.Value.Kind == ConfigNodeKind.Null)
            {
                _context.Error(entry.Value.Position, entryPath, "found nothing, expected a value");
            }
            else if (ReadValue(valueField, entry.Value, entryPath, null) is { } value && key is not null)
            {
                map[key] = value;
            }
        }
    }
}
