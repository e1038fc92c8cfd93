using Nuncio.Base.Buffers;
using Nuncio.Core.HttpConnection;
using Nuncio.Http.Headers;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Core.HttpFilters;

/// <summary>The response's way through the chain: in reverse order, then down to the codec.</summary>
internal sealed class ResponseIteration(HttpStream stream, HttpFilterSlot[] slots, BlockPool blocks) : FilterIteration(slots, blocks)
{
    protected override HttpFilterSlot SlotAt(int position) => Slots[Slots.Length - 1 - position];

    protected override HeadersStatus CallHeaders(HttpFilter filter, HeaderMap headers, bool endStream) => filter.OnResponseHeaders(headers, endStream);

    protected override DataStatus CallData(HttpFilter filter, Buffer data, bool endStream) => filter.OnResponseData(data, endStream);

    protected override TrailersStatus CallTrailers(HttpFilter filter, HeaderMap trailers) => filter.OnResponseTrailers(trailers);

    protected override void SinkHeaders(HeaderMap headers, bool endStream) => stream.SendHeaders(headers, endStream);

    protected override void SinkData(Buffer data, bool endStream) => stream.SendData(data, endStream);

    protected override void SinkTrailers(HeaderMap trailers) => stream.SendTrailers(trailers);

    protected override void OnTooLarge() => stream.OnResponseTooLarge();

    protected override void OnFilterFailed(Exception exception) => stream.OnFilterFailed(exception);

    protected override void PauseSource(bool pause) => stream.PauseResponse(pause);
}
