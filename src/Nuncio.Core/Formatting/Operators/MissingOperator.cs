using Nuncio.Base.Buffers;

namespace Nuncio.Core.Formatting.Operators;

/// <summary>
/// An operator of something that no stream can have here, so that it is always missing, as in Envoy: the fields of TLS on plain
/// connections, trace ids without tracing.
/// </summary>
internal sealed class MissingOperator : FormatOperator
{
    internal static readonly MissingOperator Instance = new();

    private MissingOperator()
    {
    }

    internal override FormatValue Write(in FormatContext context, ByteWriter into) => FormatValue.Missing;
}
