using System.Globalization;
using Nuncio.Core.HttpFilters;
using Nuncio.Http.Headers;
using Bytes = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Extensions.HttpFilters.Buffer;

/// <summary>
/// Holds a request back until all of it is there, so that the upstream is not kept busy by a slow client and knows the length.
/// </summary>
/// <remarks>
/// Owner: the stream's worker; reused from stream to stream. The holding itself is the filter chain's: a body over the limit set
/// here is answered 413 by it.
/// </remarks>
internal sealed class BufferFilter(BufferConfig config) : HttpFilter
{
    private bool _active;

    /// <inheritdoc/>
    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        BufferConfig settings = Callbacks.RouteConfig as BufferConfig ?? config;
        _active = !settings.Disabled && !endStream;
        if (!_active)
        {
            return HeadersStatus.Continue;
        }

        Callbacks.SetBufferLimit(settings.MaxRequestBytes);
        return HeadersStatus.StopIteration;
    }

    /// <inheritdoc/>
    public override DataStatus OnRequestData(Bytes data, bool endStream)
    {
        if (!_active)
        {
            return DataStatus.Continue;
        }

        if (!endStream)
        {
            return DataStatus.StopIterationAndBuffer;
        }

        int total = (Callbacks.BufferedRequest?.Length ?? 0) + data.Length;
        if (total > Callbacks.BufferLimit)
        {
            // The last piece takes it over: stopping once more makes the chain see it and answer.
            return DataStatus.StopIterationAndBuffer;
        }

        SetLength(total);
        return DataStatus.Continue;
    }

    /// <inheritdoc/>
    public override TrailersStatus OnRequestTrailers(HeaderMap trailers)
    {
        if (_active)
        {
            SetLength(Callbacks.BufferedRequest?.Length ?? 0);
        }

        return TrailersStatus.Continue;
    }

    /// <inheritdoc/>
    public override void OnDestroy() => _active = false;

    /// <summary>The whole body is known now, so its length may as well be told (Envoy does the same).</summary>
    private void SetLength(int total)
    {
        HeaderMap headers = Callbacks.RequestHeaders!;
        if (!headers.Has(KnownHeader.ContentLength))
        {
            Span<byte> digits = stackalloc byte[11];
            total.TryFormat(digits, out int length, default, CultureInfo.InvariantCulture);
            headers.Set(KnownHeader.ContentLength, digits[..length]);
        }
    }
}
