using Nuncio.Base.Buffers;

namespace Nuncio.Core.Formatting.Json;

/// <summary>A JSON string made of several operators and text between them.</summary>
internal sealed class JsonStringOperator(FormatOperator[] parts, bool omitEmpty) : FormatOperator
{
    internal override FormatValue Write(in FormatContext context, ByteWriter into)
    {
        into.Append((byte)'"');
        foreach (FormatOperator part in parts)
        {
            int start = into.Length;
            FormatValue kind = part.Write(context, into);
            if (kind != FormatValue.Missing)
            {
                JsonText.EscapeFrom(start, into);
            }
            else if (!omitEmpty)
            {
                into.Append((byte)'-');
            }
        }

        into.Append((byte)'"');
        return FormatValue.Json;
    }
}
