using Nuncio.Base.Buffers;

namespace Nuncio.Core.Formatting.Operators;

/// <summary>Bytes written as they are: the text between operators, and operators whose value is known when compiled.</summary>
internal sealed class LiteralOperator(byte[] text, FormatValue kind = FormatValue.Text) : FormatOperator
{
    internal ReadOnlySpan<byte> Text => text;

    internal override FormatValue Write(in FormatContext context, ByteWriter into)
    {
        into.Append(text);
        return kind;
    }
}
