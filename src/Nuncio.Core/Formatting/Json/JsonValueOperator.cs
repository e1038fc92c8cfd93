using Nuncio.Base.Buffers;

namespace Nuncio.Core.Formatting.Json;

/// <summary>A JSON value that is one operator and nothing else: it keeps its type, and a missing one is <c>null</c>.</summary>
internal sealed class JsonValueOperator(FormatOperator value) : FormatOperator
{
    internal override FormatValue Write(in FormatContext context, ByteWriter into)
    {
        int start = into.Length;
        switch (value.Write(context, into))
        {
            case FormatValue.Missing:
                into.Append("null"u8);
                break;
            case FormatValue.Text:
                JsonText.EscapeFrom(start, into);
                into.Append("\"\""u8); // Makes room for the opening quote and is the closing one.
                Span<byte> text = into.WrittenFrom(start);
                text[..^2].CopyTo(text[1..]);
                text[0] = (byte)'"';
                break;
        }

        return FormatValue.Json;
    }
}
