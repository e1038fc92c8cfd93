using Nuncio.Core.HttpConnection;
using Nuncio.Core.Routing;
using Nuncio.Http.Headers;

namespace Nuncio.Core.HttpFilters;

/// <summary>
/// The filters of one stream and the two ways through them. Owner: the stream, pooled with it; reusable filters stay in their slots.
/// </summary>
internal sealed class HttpFilterChain
{
    private readonly HttpFilterSlot[] _slots;

    internal HttpFilterChain(HttpStream stream, IReadOnlyList<HttpFilterConfig> configs, HttpFilterMaker[] makers)
    {
        _slots = new HttpFilterSlot[configs.Count];
        for (int i = 0; i < _slots.Length; i++)
        {
            _slots[i] = new HttpFilterSlot(stream, i, makers[i], configs[i]);
        }

        Request = new RequestIteration(stream, _slots, stream.Worker.Dispatcher.Blocks);
        Response = new ResponseIteration(stream, _slots, stream.Worker.Dispatcher.Blocks);
    }

    internal RequestIteration Request { get; }

    internal ResponseIteration Response { get; }

    /// <summary>Whether filters serve the stream: from the route's resolution to the stream's end.</summary>
    internal bool Created { get; private set; }

    internal int Count => _slots.Length;

    internal int BufferLimit
    {
        get => Request.Limit;
        set => Request.Limit = Response.Limit = value;
    }

    internal void Create(Route? route)
    {
        Created = true;
        foreach (HttpFilterSlot slot in _slots)
        {
            slot.Activate(route);
        }
    }

    internal void Destroy()
    {
        Request.Abort();
        Response.Abort();
        if (Created)
        {
            Created = false;
            foreach (HttpFilterSlot slot in _slots)
            {
                slot.Deactivate();
            }
        }
    }

    internal void Reset()
    {
        Request.Reset();
        Response.Reset();
    }

    internal void OnComplete()
    {
        foreach (HttpFilterSlot slot in _slots)
        {
            if (slot.Active)
            {
                slot.Filter.OnComplete();
            }
        }
    }

    internal void OnLocalReply(int status, string details)
    {
        foreach (HttpFilterSlot slot in _slots)
        {
            if (slot.Active)
            {
                slot.Filter.OnLocalReply(status, details);
            }
        }
    }

    internal void OnInformational(HeaderMap headers)
    {
        for (int i = _slots.Length - 1; i >= 0; i--)
        {
            if (_slots[i].Active)
            {
                _slots[i].Filter.OnInformational(headers);
            }
        }
    }

    internal void OnResponseBackedUp(bool above)
    {
        foreach (HttpFilterSlot slot in _slots)
        {
            if (!slot.Active)
            {
                continue;
            }

            if (above)
            {
                slot.Filter.OnResponseAboveHighWatermark();
            }
            else
            {
                slot.Filter.OnResponseBelowLowWatermark();
            }
        }
    }
}
