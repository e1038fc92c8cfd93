using Nuncio.Base.Buffers;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Formatting.Operators;

/// <summary>
/// <c>PATH(WQ|NQ:ORIG|PATH|ORIG_OR_PATH):Z</c>: the path with or without query, as it came (<c>x-envoy-original-path</c>) or as
/// it is now; by default with query, as it came if it was rewritten.
/// </summary>
internal sealed class PathOperator : FormatOperator
{
    private readonly bool _withQuery;
    private readonly bool _original;
    private readonly bool _current;
    private readonly int _maxLength;

    private PathOperator(bool withQuery, bool original, bool current, int? maxLength)
    {
        _withQuery = withQuery;
        _original = original;
        _current = current;
        _maxLength = maxLength ?? int.MaxValue;
    }

    internal static FormatOperator? Create(in OperatorArguments arguments, out string? error)
    {
        string[] parts = arguments.Argument.Split(':');
        string which = parts.Length > 1 ? parts[1] : "";
        error = parts.Length > 2 || parts[0] is not ("" or "WQ" or "NQ")
            ? $"PATH({arguments.Argument}): expected WQ or NQ first"
            : which is not ("" or "ORIG" or "PATH" or "ORIG_OR_PATH")
                ? $"PATH({arguments.Argument}): expected ORIG, PATH or ORIG_OR_PATH second"
                : null;
        return error is null ? new PathOperator(parts[0] != "NQ", which != "PATH", which != "ORIG", arguments.MaxLength) : null;
    }

    internal override FormatValue Write(in FormatContext context, ByteWriter into)
    {
        HeaderMap? headers = context.RequestHeaders;
        ReadOnlySpan<byte> path = default;
        if (headers is not null && _original)
        {
            path = headers.Get(KnownHeader.XEnvoyOriginalPath);
        }

        if (headers is not null && _current && path.IsEmpty)
        {
            path = headers.Get(KnownHeader.Path);
        }

        if (path.IsEmpty)
        {
            return FormatValue.Missing;
        }

        int query = _withQuery ? -1 : path.IndexOf((byte)'?');
        path = query < 0 ? path : path[..query];
        into.Append(path.Length <= _maxLength ? path : path[.._maxLength]);
        return FormatValue.Text;
    }
}
