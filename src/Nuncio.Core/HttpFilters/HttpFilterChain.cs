using Nuncio.Core.HttpConnection;
using Nuncio.Core.Routing;
using Nuncio.Http.Headers;
using Nuncio.IO.Events;

namespace Nuncio.Core.HttpFilters;

/// <summary>
/// The filters of one stream and the two ways through them. Owner: the stream, pooled with it; reusable filters stay in their slots.
/// </summary>
internal sealed class HttpFilterChain
{
    private readonly HttpFilterSlot[] _slots;
    private readonly Dispatcher _dispatcher;
    private bool _mayReuse;

    internal HttpFilterChain(HttpStream stream, IReadOnlyList<HttpFilterConfig> configs, HttpFilterMaker[] makers)
    {
        _dispatcher = stream.Worker.Dispatcher;
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

    /// <summary>Whether no filter has a use for the rest of the response's body.</summary>
    internal bool LetsResponseBodyBypass
    {
        get
        {
            foreach (HttpFilterSlot slot in _slots)
            {
                if (slot.SeesResponseBody)
                {
                    return false;
                }
            }

            return Response.IsPassing;
        }
    }

    internal void Create(Route? route)
    {
        Created = true;
        _mayReuse = true;
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
                try
                {
                    slot.Deactivate(_mayReuse);
                }
                catch (Exception exception)
                {
                    slot.Forget();
                    OnFailed(exception);
                }
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
                try
                {
                    slot.Filter.OnComplete();
                }
                catch (Exception exception)
                {
                    OnFailed(exception);
                }
            }
        }
    }

    internal void OnLocalReply(int status, string details)
    {
        foreach (HttpFilterSlot slot in _slots)
        {
            if (slot.Active)
            {
                try
                {
                    slot.Filter.OnLocalReply(status, details);
                }
                catch (Exception exception)
                {
                    OnFailed(exception);
                }
            }
        }
    }

    /// <summary>None of the filters serves another stream.</summary>
    internal void Distrust() => _mayReuse = false;

    /// <summary>A filter threw: what state it and its neighbours are in is not known, so none of them serves another stream.</summary>
    internal void OnFailed(Exception exception)
    {
        _mayReuse = false;
        _dispatcher.ReportContained(exception, "http filter");
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
