using System.Globalization;
using System.Text;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;

namespace Nuncio.Config.Loading;

/// <summary>
/// Finds the fields in a binary message that its type does not have, which protobuf keeps to itself, and the types in an
/// <c>Any</c> that this build does not have. Runs over bytes that have parsed already. One per load.
/// </summary>
internal sealed class UnknownFieldScanner(LoadContext context, SourcePosition at)
{
    private const int MaxDepth = 100;
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Delimited = 2;
    private const int StartGroup = 3;
    private const int Fixed32 = 5;

    /// <summary>Reports what is unknown in the message of type <paramref name="type"/> at <paramref name="path"/>.</summary>
    public void Scan(ReadOnlySpan<byte> bytes, MessageDescriptor type, string path, int depth)
    {
        if (type.FullName == "google.protobuf.Any")
        {
            ScanAny(bytes, path, depth);
            return;
        }

        if (depth > MaxDepth || type.File.Package == "google.protobuf")
        {
            return;
        }

        MarkOptional(bytes, type, path);
        Dictionary<int, int> items = [];
        while (TryReadField(ref bytes, out int number, out int wire, out ReadOnlySpan<byte> payload))
        {
            FieldDescriptor? field = type.FindFieldByNumber(number);
            bool packed = field is { IsRepeated: true } && wire == Delimited;
            if (field is null || (wire != WireTypeOf(field) && !packed))
            {
                string name = field?.Name ?? number.ToString(CultureInfo.InvariantCulture);
                context.UnknownField(at, path, MessageReader.Join(path, name), MessageSchema.Of(type).DescribeUnknown(number));
                continue;
            }

            if (field.FieldType == FieldType.Message)
            {
                int index = items[number] = items.GetValueOrDefault(number, -1) + 1;
                ScanField(payload, field, MessageReader.Join(path, field.Name), index, depth);
            }
        }
    }

    private void MarkOptional(ReadOnlySpan<byte> bytes, MessageDescriptor type, string path)
    {
        if (MessageSchema.Of(type).OptionalExtension is { } extension
            && AnyDecoder.TryParse(type, Google.Protobuf.ByteString.CopyFrom(bytes)) is { } message
            && type.FindFieldByName("is_optional").Accessor.GetValue(message) is true)
        {
            context.AddOptional(MessageReader.Join(path, extension));
        }
    }

    private void ScanField(ReadOnlySpan<byte> payload, FieldDescriptor field, string path, int index, int depth)
    {
        if (!field.IsMap)
        {
            Scan(payload, field.MessageType, field.IsRepeated ? $"{path}[{index}]" : path, depth + 1);
            return;
        }

        FieldDescriptor valueField = field.MessageType.FindFieldByNumber(2);
        string key = "";
        ReadOnlySpan<byte> value = default;
        while (TryReadField(ref payload, out int number, out int wire, out ReadOnlySpan<byte> part))
        {
            if (number == 1 && wire == Delimited)
            {
                key = Encoding.UTF8.GetString(part);
            }
            else if (number == 2)
            {
                value = part;
            }
        }

        if (valueField.FieldType == FieldType.Message)
        {
            Scan(value, valueField.MessageType, $"{path}[\"{key}\"]", depth + 1);
        }
    }

    private void ScanAny(ReadOnlySpan<byte> bytes, string path, int depth)
    {
        string typeUrl = "";
        ReadOnlySpan<byte> value = default;
        while (TryReadField(ref bytes, out int number, out _, out ReadOnlySpan<byte> payload))
        {
            if (number == 1)
            {
                typeUrl = Encoding.UTF8.GetString(payload);
            }
            else if (number == 2)
            {
                value = payload;
            }
        }

        if (typeUrl.Length == 0)
        {
            return;
        }

        if (ApiRegistry.FindType(typeUrl) is not { } type)
        {
            string why = EnvoyTypes.DescribeUnknown(AnyDecoder.TypeName(typeUrl));
            if (context.IsOptional(path))
            {
                context.LetPass(at, MessageReader.Join(path, "@type"), why);
            }
            else
            {
                context.Error(at, MessageReader.Join(path, "@type"), why);
            }
        }
        else if (AnyDecoder.TryParse(type, Google.Protobuf.ByteString.CopyFrom(value)) is null)
        {
            context.Error(at, path, $"found bytes that are no binary {type.FullName}");
        }
        else
        {
            Scan(value, type, path, depth + 1);
        }
    }

    private static int WireTypeOf(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Double or FieldType.Fixed64 or FieldType.SFixed64 => Fixed64,
        FieldType.Float or FieldType.Fixed32 or FieldType.SFixed32 => Fixed32,
        FieldType.String or FieldType.Bytes or FieldType.Message => Delimited,
        FieldType.Group => StartGroup,
        _ => Varint,
    };

    // A field we cannot step over ends the scan; the parser, which came first, took the bytes for good.
    private static bool TryReadField(scoped ref ReadOnlySpan<byte> bytes, out int number, out int wire, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        (number, wire) = (0, 0);
        if (!TryReadVarint(ref bytes, out ulong tag))
        {
            return false;
        }

        (number, wire) = ((int)(tag >> 3), (int)(tag & 7));
        ulong length = 0;
        switch (wire)
        {
            case Varint:
                return TryReadVarint(ref bytes, out _);
            case Fixed64:
                length = 8;
                break;
            case Fixed32:
                length = 4;
                break;
            case Delimited:
                if (!TryReadVarint(ref bytes, out length))
                {
                    return false;
                }

                break;
            default:
                return false;
        }

        if (length > (ulong)bytes.Length)
        {
            return false;
        }

        payload = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return true;
    }

    private static bool TryReadVarint(scoped ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (int i = 0; i < 10 && i < bytes.Length; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
