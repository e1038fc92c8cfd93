using Nuncio.Base.Buffers;

namespace Nuncio.Core.Formatting;

/// <summary>
/// One piece of a compiled template: a literal or an operator such as <c>%RESPONSE_CODE%</c>. Immutable and shared by all
/// workers; made by <see cref="OperatorTable"/> when a template is compiled.
/// </summary>
internal abstract class FormatOperator
{
    /// <summary>
    /// Writes the value's text, or nothing when there is no value. Never writes and then says <see cref="FormatValue.Missing"/>.
    /// </summary>
    internal abstract FormatValue Write(in FormatContext context, ByteWriter into);
}

/// <summary>What an operator wrote.</summary>
internal enum FormatValue : byte
{
    /// <summary>There is no value; nothing was written.</summary>
    Missing,

    /// <summary>Text: JSON quotes and escapes it.</summary>
    Text,

    /// <summary>A number, a boolean or a whole JSON value: JSON takes it as it is.</summary>
    Json,
}
