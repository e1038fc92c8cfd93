using System.Text;
using Nuncio.Base.Buffers;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Formatting.Operators;

/// <summary><c>QUERY_PARAM(X):Z</c>: the first value of a query parameter, percent-decoded.</summary>
/// <remarks>
/// Envoy decodes every byte. We leave an escape that would become a control byte as it is: a client could else write lines of
/// its own into a text log.
/// </remarks>
internal sealed class QueryParameterOperator(string name, int? maxLength) : FormatOperator
{
    private readonly byte[] _name = Encoding.UTF8.GetBytes(name);
    private readonly int _maxLength = maxLength ?? int.MaxValue;

    internal override FormatValue Write(in FormatContext context, ByteWriter into)
    {
        if (context.RequestHeaders is not { } headers)
        {
            return FormatValue.Missing;
        }

        ReadOnlySpan<byte> path = headers.Get(KnownHeader.Path);
        int question = path.IndexOf((byte)'?');
        if (question < 0)
        {
            return FormatValue.Missing;
        }

        ReadOnlySpan<byte> rest = path[(question + 1)..];
        int fragment = rest.IndexOf((byte)'#');
        rest = fragment < 0 ? rest : rest[..fragment];
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'&');
            ReadOnlySpan<byte> pair = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            int equals = pair.IndexOf((byte)'=');
            if (IsName(equals < 0 ? pair : pair[..equals]))
            {
                WriteValue(equals < 0 ? default : pair[(equals + 1)..], into);
                return FormatValue.Text;
            }
        }

        return FormatValue.Missing;
    }

    private bool IsName(ReadOnlySpan<byte> encoded)
    {
        int at = 0;
        foreach (byte expected in _name)
        {
            if (at == encoded.Length || Decode(encoded, ref at) != expected)
            {
                return false;
            }
        }

        return at == encoded.Length;
    }

    private void WriteValue(ReadOnlySpan<byte> encoded, ByteWriter into)
    {
        Span<byte> room = into.Reserve(encoded.Length);
        int length = 0;
        for (int at = 0; at < encoded.Length && length < _maxLength;)
        {
            room[length++] = Decode(encoded, ref at);
        }

        into.Advance(length);
    }

    private static byte Decode(ReadOnlySpan<byte> encoded, ref int at)
    {
        byte b = encoded[at++];
        if (b != (byte)'%' || at + 2 > encoded.Length)
        {
            return b;
        }

        int high = Hex(encoded[at]);
        int low = Hex(encoded[at + 1]);
        int value = (high << 4) | low;
        if (high < 0 || low < 0 || value is < 0x20 or 0x7f)
        {
            return b;
        }

        at += 2;
        return (byte)value;
    }

    private static int Hex(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
        _ => -1,
    };
}
