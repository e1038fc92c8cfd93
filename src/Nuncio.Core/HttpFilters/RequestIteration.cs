using Nuncio.Base.Buffers;
using Nuncio.Core.HttpConnection;
using Nuncio.Http.Headers;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Core.HttpFilters;

/// <summary>The request's way through the chain: in the order of the configuration. The last filter is terminal and keeps it.</summary>
internal sealed class RequestIteration(HttpStream stream, HttpFilterSlot[] slots, BlockPool blocks) : FilterIteration(slots, blocks)
{
    protected override HttpFilterSlot SlotAt(int position) => Slots[position];

    protected override HeadersStatus CallHeaders(HttpFilter filter, HeaderMap headers, bool endStream) => filter.OnRequestHeaders(headers, endStream);

    protected override DataStatus CallData(HttpFilter filter, Buffer data, bool endStream) => filter.OnRequestData(data, endStream);

    protected override TrailersStatus CallTrailers(HttpFilter filter, HeaderMap trailers) => filter.OnRequestTrailers(trailers);

    protected override void SinkHeaders(HeaderMap headers, bool endStream)
    {
    }

    protected override void SinkData(Buffer data, bool endStream)
    {
    }

    protected override void SinkTrailers(HeaderMap trailers)
    {
    }

    protected override void OnTooLarge() => stream.OnRequestTooLarge();

    protected override void OnFilterFailed(Exception exception) => stream.OnFilterFailed(exception);

    protected override void PauseSource(bool pause) => stream.PauseRequest(pause);
}
