using Nuncio.Base.Buffers;
using Nuncio.Core.Formatting;
using Nuncio.Core.Matching;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Routing;

/// <summary>
/// Headers removed from and added to a message at one level of configuration, made ready when that is loaded. Immutable; any thread.
/// </summary>
/// <remarks>
/// Order, as in Envoy's header parser: removals; then all values are made and all conditions tested against what is left; then
/// overwriting; then adding. So no addition sees another one of the same level.
/// </remarks>
public sealed class HeaderMutations
{
    /// <summary>Additions of one level. Envoy: the API's max_items.</summary>
    public const int MaxAdditions = 1000;

    private const int Skip = -1;
    private readonly HeaderKey[] _removals;
    private readonly HeaderAddition[] _additions;
    private readonly int _overwrites;
    private readonly bool _isUnconditional;

    /// <summary>Removals and additions as they were written.</summary>
    public HeaderMutations(IReadOnlyList<HeaderKey> removals, IReadOnlyList<HeaderAddition> additions)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(additions.Count, MaxAdditions);
        _removals = [.. removals];
        var overwriting = new List<HeaderAddition>();
        var adding = new List<HeaderAddition>();
        _isUnconditional = true;
        foreach (HeaderAddition addition in additions)
        {
            bool overwrites = addition.Action is HeaderAppendAction.OverwriteOrAdd or HeaderAppendAction.OverwriteIfExists;
            (overwrites ? overwriting : adding).Add(addition);
            _isUnconditional &= addition.Action is HeaderAppendAction.OverwriteOrAdd or HeaderAppendAction.AppendOrAdd
                && addition.Constant is { } value && (value.Length > 0 || addition.KeepEmpty);
        }

        _overwrites = overwriting.Count;
        _additions = [.. overwriting, .. adding];
    }

    /// <summary>Whether nothing is changed.</summary>
    public bool IsEmpty => _removals.Length == 0 && _additions.Length == 0;

    /// <summary>Changes the headers.</summary>
    /// <param name="headers">The message's headers.</param>
    /// <param name="context">What formatters read.</param>
    /// <param name="scratch">Room for formatted values; its content is lost.</param>
    public void Apply(HeaderMap headers, in FormatContext context, ByteWriter scratch)
    {
        foreach (ref readonly HeaderKey key in _removals.AsSpan())
        {
            key.Remove(headers);
        }

        if (_additions.Length == 0)
        {
            return;
        }

        if (_isUnconditional)
        {
            ApplyConstants(headers);
            return;
        }

        // At most 8 KB, see MaxAdditions.
        Span<(int Start, int Length)> values = stackalloc (int, int)[_additions.Length];
        scratch.Clear();
        for (int i = 0; i < _additions.Length; i++)
        {
            values[i] = Evaluate(_additions[i], headers, context, scratch);
        }

        for (int i = 0; i < _additions.Length; i++)
        {
            (int start, int length) = values[i];
            if (start == Skip)
            {
                continue;
            }

            HeaderAddition addition = _additions[i];
            Write(headers, addition, addition.Constant is { } constant ? constant : scratch.Written.Slice(start, length), i < _overwrites);
        }
    }

    private static (int Start, int Length) Evaluate(HeaderAddition addition, HeaderMap headers, in FormatContext context, ByteWriter scratch)
    {
        bool wanted = addition.Action switch
        {
            HeaderAppendAction.AddIfAbsent => !addition.Key.IsIn(headers),
            HeaderAppendAction.OverwriteIfExists => addition.Key.IsIn(headers),
            _ => true,
        };
        if (!wanted)
        {
            return (Skip, 0);
        }

        int start = scratch.Length;
        addition.Formatter?.Format(context, scratch);
        int length = addition.Constant?.Length ?? (scratch.Length - start);
        return length == 0 && !addition.KeepEmpty ? (Skip, 0) : (start, length);
    }

    private static void Write(HeaderMap headers, HeaderAddition addition, ReadOnlySpan<byte> value, bool overwrite)
    {
        if (overwrite)
        {
            addition.Key.Set(headers, value);
        }
        else if (JoinsValues(addition.Key.Known))
        {
            headers.Append(addition.Key.Known, value, ","u8);
        }
        else
        {
            addition.Key.Add(headers, value);
        }
    }

    /// <summary>Envoy: headers of its own fixed set are held once, and adding to one joins the values.</summary>
    private static bool JoinsValues(KnownHeader known) => known is
        KnownHeader.UserAgent or KnownHeader.ContentType or KnownHeader.ContentLength or KnownHeader.TransferEncoding
        or KnownHeader.Connection or KnownHeader.KeepAlive or KnownHeader.ProxyConnection or KnownHeader.Upgrade or KnownHeader.Te
        or KnownHeader.Expect or KnownHeader.Via or KnownHeader.Date or KnownHeader.Server or KnownHeader.XForwardedFor
        or KnownHeader.XForwardedProto or KnownHeader.XForwardedHost or KnownHeader.XForwardedClientCert or KnownHeader.XRequestId
        or KnownHeader.XClientTraceId or KnownHeader.GrpcStatus or KnownHeader.GrpcMessage or KnownHeader.GrpcTimeout
        or (>= KnownHeader.XEnvoyRetryOn and <= KnownHeader.XEnvoyUpstreamServiceTime);

    private void ApplyConstants(HeaderMap headers)
    {
        for (int i = 0; i < _additions.Length; i++)
        {
            HeaderAddition addition = _additions[i];
            Write(headers, addition, addition.Constant, i < _overwrites);
        }
    }
}
