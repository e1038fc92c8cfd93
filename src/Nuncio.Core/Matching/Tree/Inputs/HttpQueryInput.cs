using System.Text;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Matching.Tree.Inputs;

/// <summary>
/// The first value of a query parameter, percent signs decoded. Envoy: type.matcher.v3.HttpRequestQueryParamMatchInput. Immutable;
/// any thread.
/// </summary>
public sealed class HttpQueryInput : MatchInput<HttpMatchInput>
{
    private readonly byte[] _name;

    /// <param name="name">The parameter's name, decoded.</param>
    public HttpQueryInput(string name) => _name = Encoding.UTF8.GetBytes(name);

    /// <inheritdoc/>
    public override void Read(in HttpMatchInput input, ref InputValue value)
    {
        if (input.RequestHeaders is not { } headers || !headers.TryGet(KnownHeader.Path, out ReadOnlySpan<byte> path))
        {
            value.SetUnavailable();
            return;
        }

        int mark = path.IndexOf((byte)'?');
        ReadOnlySpan<byte> query = mark < 0 ? default : path[(mark + 1)..];
        int fragment = query.IndexOf((byte)'#');
        query = fragment < 0 ? query : query[..fragment];
        while (!query.IsEmpty)
        {
            int end = query.IndexOf((byte)'&');
            ReadOnlySpan<byte> pair = end < 0 ? query : query[..end];
            query = end < 0 ? default : query[(end + 1)..];
            int equals = pair.IndexOf((byte)'=');
            if (IsName(equals < 0 ? pair : pair[..equals]))
            {
                AppendDecoded(equals < 0 ? default : pair[(equals + 1)..], ref value);
                return;
            }
        }
    }

    private bool IsName(ReadOnlySpan<byte> encoded)
    {
        int at = 0;
        while (!encoded.IsEmpty)
        {
            byte next = Next(ref encoded);
            if (at == _name.Length || _name[at++] != next)
            {
                return false;
            }
        }

        return at == _name.Length;
    }

    private static void AppendDecoded(ReadOnlySpan<byte> encoded, ref InputValue value)
    {
        value.Append(default(ReadOnlySpan<byte>));
        while (!encoded.IsEmpty)
        {
            int percent = encoded.IndexOf((byte)'%');
            if (percent != 0)
            {
                int plain = percent < 0 ? encoded.Length : percent;
                value.Append(encoded[..plain]);
                encoded = encoded[plain..];
            }
            else
            {
                byte next = Next(ref encoded);
                value.Append([next]);
            }
        }
    }

    /// <summary>One byte, decoded where two hexadecimal digits follow a percent sign, else as it is.</summary>
    private static byte Next(ref ReadOnlySpan<byte> encoded)
    {
        byte first = encoded[0];
        if (first == '%' && encoded.Length >= 3 && char.IsAsciiHexDigit((char)encoded[1]) && char.IsAsciiHexDigit((char)encoded[2]))
        {
            int value = (Digit(encoded[1]) << 4) | Digit(encoded[2]);
            encoded = encoded[3..];
            return (byte)value;
        }

        encoded = encoded[1..];
        return first;
    }

    private static int Digit(byte c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}
