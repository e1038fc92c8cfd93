using System.Buffers.Text;
using Nuncio.Base.Buffers;

namespace Nuncio.Core.Formatting.Json;

/// <summary>
/// Writes a value of dynamic metadata as JSON: null, <see cref="bool"/>, <see cref="double"/>, <see cref="string"/>, and
/// dictionaries (keys sorted) and lists of these. Stateless.
/// </summary>
internal static class JsonValueText
{
    /// <summary>Deeper values print as null; the messages metadata is made of are bounded well below.</summary>
    private const int MaxDepth = 64;

    internal static void Append(object? value, ByteWriter into, int depth = 0)
    {
        switch (value)
        {
            case bool yes:
                into.Append(yes ? "true"u8 : "false"u8);
                break;
            case double number:
                Append(number, into);
                break;
            case string text:
                JsonText.AppendString(text, into);
                break;
            case Dictionary<string, object?> map when depth < MaxDepth:
                Append(map, into, depth);
                break;
            case IReadOnlyList<object?> list when depth < MaxDepth:
                Append(list, into, depth);
                break;
            default:
                into.Append("null"u8);
                break;
        }
    }

    internal static void Append(double number, ByteWriter into)
    {
        if (!double.IsFinite(number))
        {
            into.Append("null"u8);
            return;
        }

        Utf8Formatter.TryFormat(number, into.Reserve(32), out int written);
        into.Advance(written);
    }

    // Sorted without sorting a copy: maps are small, and nothing may be allocated here. Each round finds the next larger key.
    private static void Append(Dictionary<string, object?> map, ByteWriter into, int depth)
    {
        into.Append((byte)'{');
        string? last = null;
        for (int i = 0; i < map.Count; i++)
        {
            string? next = null;
            foreach (KeyValuePair<string, object?> pair in map)
            {
                if ((last is null || string.CompareOrdinal(pair.Key, last) > 0) && (next is null || string.CompareOrdinal(pair.Key, next) < 0))
                {
                    next = pair.Key;
                }
            }

            if (i > 0)
            {
                into.Append((byte)',');
            }

            last = next!;
            JsonText.AppendString(last, into);
            into.Append((byte)':');
            Append(map[last], into, depth + 1);
        }

        into.Append((byte)'}');
    }

    private static void Append(IReadOnlyList<object?> list, ByteWriter into, int depth)
    {
        into.Append((byte)'[');
        for (int i = 0; i < list.Count; i++)
        {
            if (i > 0)
            {
                into.Append((byte)',');
            }

            Append(list[i], into, depth + 1);
        }

        into.Append((byte)']');
    }
}
