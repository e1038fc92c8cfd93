using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;

namespace Nuncio.Config.Loading;

/// <summary>
/// Reads a message from protobuf's binary form, as strictly as text is read: unknown fields and types are errors, and a
/// TypedStruct becomes the message it stands for. Positions are the name of the source only. Stateless.
/// </summary>
internal static class BinaryMessageReader
{
    /// <summary>Fills <paramref name="message"/>. Throws <see cref="SourceFault"/> when the bytes are no such message.</summary>
    public static void Read(LoadContext context, IMessage message, byte[] bytes, string source)
    {
        SourcePosition at = new(source, 0, 0);
        if (bytes.Length == 0)
        {
            throw new SourceFault(at, $"found nothing, expected a binary {message.Descriptor.FullName}");
        }

        IMessage parsed = AnyDecoder.TryParse(message.Descriptor, ByteString.CopyFrom(bytes))
            ?? throw new SourceFault(at, $"found bytes that are no binary {message.Descriptor.FullName}");
        message.MergeFrom(ByteString.CopyFrom(parsed.ToByteArray()));
        context.Positions[""] = at;
        new UnknownFieldScanner(context, at).Scan(bytes, message.Descriptor, "", 0);
        ReplaceTypedStructs(context, message, "", at, 0);
    }

    // Changes messages in place and packs an Any anew when something in it changed. True when it did.
    private static bool ReplaceTypedStructs(LoadContext context, IMessage message, string path, SourcePosition at, int depth)
    {
        if (message is Any any)
        {
            return ReplaceIn(context, any, path, at, depth);
        }

        bool changed = false;
        if (depth > context.Options.Limits.MaxDepth)
        {
            return changed;
        }

        foreach (FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder())
        {
            FieldDescriptor content = field.IsMap ? field.MessageType.FindFieldByNumber(2) : field;
            if (content.FieldType != FieldType.Message)
            {
                continue;
            }

            string fieldPath = MessageReader.Join(path, field.Name);
            object? value = field.Accessor.GetValue(message);
            IEnumerable children = value is IDictionary map ? map.Values : field.IsRepeated ? (IList)value! : new[] { value };
            foreach (object? child in children)
            {
                changed |= child is IMessage inner && ReplaceTypedStructs(context, inner, fieldPath, at, depth + 1);
            }
        }

        return changed;
    }

    private static bool ReplaceIn(LoadContext context, Any any, string path, SourcePosition at, int depth)
    {
        if (!AnyDecoder.TryUnpack(any, out IMessage? inner))
        {
            bool isUnread = any.TypeUrl.Length > 0 && ApiRegistry.FindType(any.TypeUrl) is null;
            if (isUnread)
            {
                any.MergeFrom(WellKnownReader.Unread(any.TypeUrl, null));
            }

            return isUnread;
        }

        (string TypeUrl, Struct Value)? typed = inner switch
        {
            Udpa.Type.V1.TypedStruct old => (old.TypeUrl, old.Value ?? new Struct()),
            Xds.Type.V3.TypedStruct current => (current.TypeUrl, current.Value ?? new Struct()),
            _ => null,
        };
        if (typed is not { } found)
        {
            if (!ReplaceTypedStructs(context, inner, path, at, depth + 1))
            {
                return false;
            }

            any.Value = inner.ToByteString();
            return true;
        }

        WellKnownReader reader = new(new MessageReader(context), context);
        if (reader.ReadTypedStruct(found.TypeUrl, ToNode(found.Value, at), path) is { } replacement)
        {
            any.MergeFrom(replacement);
            any.Value = replacement.Value;
        }

        return true;
    }

    private static ConfigNode ToNode(Struct value, SourcePosition at) => new()
    {
        Kind = ConfigNodeKind.Object,
        Position = at,
        Entries = [.. value.Fields.Select(field => new ConfigEntry(field.Key, at, ToNode(field.Value, at)))],
    };

    private static ConfigNode ToNode(Value value, SourcePosition at) => value.KindCase switch
    {
        Value.KindOneofCase.StructValue => ToNode(value.StructValue, at),
        Value.KindOneofCase.ListValue => new ConfigNode
        {
            Kind = ConfigNodeKind.List,
            Position = at,
            Items = [.. value.ListValue.Values.Select(item => ToNode(item, at))],
        },
        Value.KindOneofCase.BoolValue => Scalar(ConfigNodeKind.Bool, value.BoolValue ? "true" : "false", at),
        Value.KindOneofCase.NumberValue => Scalar(ConfigNodeKind.Number, value.NumberValue.ToString("R", CultureInfo.InvariantCulture), at),
        Value.KindOneofCase.StringValue => Scalar(ConfigNodeKind.Text, value.StringValue, at),
        _ => Scalar(ConfigNodeKind.Null, "", at),
    };

    private static ConfigNode Scalar(ConfigNodeKind kind, string text, SourcePosition at) =>
        new() { Kind = kind, Position = at, Text = text };
}
