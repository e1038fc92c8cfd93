using System.Text;
using Nuncio.Base.Buffers;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Formatting.Operators;

/// <summary>
/// The first value of a header, or of another one when that is absent: <c>REQUEST_HEADER(X?Y):Z</c>, <c>RESPONSE_HEADER</c>,
/// <c>RESPONSE_TRAILER</c>, and <c>REQ_WITHOUT_QUERY</c>.
/// </summary>
internal sealed class HeaderOperator : FormatOperator
{
    private readonly HeaderSource _source;
    private readonly KnownHeader _known;
    private readonly KnownHeader _otherKnown;
    private readonly byte[] _name;
    private readonly byte[]? _other;
    private readonly int _maxLength;
    private readonly bool _withoutQuery;

    private HeaderOperator(HeaderSource source, byte[] name, byte[]? other, int? maxLength, bool withoutQuery)
    {
        _source = source;
        _name = name;
        _other = other;
        _known = KnownHeaders.Find(name);
        _otherKnown = other is null ? KnownHeader.None : KnownHeaders.Find(other);
        _maxLength = maxLength ?? int.MaxValue;
        _withoutQuery = withoutQuery;
    }

    internal static FormatOperator? Create(HeaderSource source, in OperatorArguments arguments, out string? error, bool withoutQuery = false)
    {
        string[] names = arguments.Argument.Split('?');
        error = null;
        if (names.Length > 2)
        {
            error = $"\"{arguments.Argument}\" names more than one alternative header: expected X or X?Y";
            return null;
        }

        byte[]? name = Lower(names[0], ref error);
        byte[]? other = names.Length == 2 ? Lower(names[1], ref error) : null;
        return error is null ? new HeaderOperator(source, name!, other, arguments.MaxLength, withoutQuery) : null;
    }

    internal override FormatValue Write(in FormatContext context, ByteWriter into)
    {
        HeaderMap? headers = _source switch
        {
            HeaderSource.Request => context.RequestHeaders,
            HeaderSource.Response => context.ResponseHeaders,
            _ => context.ResponseTrailers,
        };
        if (headers is null || (!TryGet(headers, _known, _name, out ReadOnlySpan<byte> value)
            && (_other is null || !TryGet(headers, _otherKnown, _other, out value))))
        {
            return FormatValue.Missing;
        }

        if (_withoutQuery)
        {
            int query = value.IndexOf((byte)'?');
            value = query < 0 ? value : value[..query];
        }

        into.Append(value.Length <= _maxLength ? value : value[.._maxLength]);
        return FormatValue.Text;
    }

    private static bool TryGet(HeaderMap headers, KnownHeader known, byte[] name, out ReadOnlySpan<byte> value) =>
        known != KnownHeader.None ? headers.TryGet(known, out value) : headers.TryGet(name, out value);

    private static byte[]? Lower(string name, ref string? error)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        byte[] lower = new byte[bytes.Length];
        if (!HeaderName.TryLower(bytes, lower))
        {
            error = $"\"{name}\" is not a header name";
            return null;
        }

        return lower;
    }
}

/// <summary>Where a header is looked for.</summary>
internal enum HeaderSource : byte
{
    /// <summary>Request headers.</summary>
    Request,

    /// <summary>Response headers.</summary>
    Response,

    /// <summary>Response trailers.</summary>
    Trailer,
}
