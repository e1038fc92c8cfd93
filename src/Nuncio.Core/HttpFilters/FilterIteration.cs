using System.Diagnostics;
using Nuncio.Base.Buffers;
using Nuncio.Http.Headers;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Core.HttpFilters;

/// <summary>
/// Passes one message (request or response) through the filters of a chain: continue, stop, hold back, resume. Knows nothing of
/// what the filters do, nor of the direction: its two subclasses name the calls.
/// </summary>
/// <remarks>
/// Owner: the chain, on its worker. Positions count in the order of this direction. State of each filter:
/// <code>
///              Continue                    resume
///   Passing ---------------> (next filter)  ^
///      | StopIteration --------> Stopped ---+   body and trailers still come to the filter itself
///      | StopAll...    --------> StoppedAll +   body and trailers are held back for the filter
/// </code>
/// Body held back is shared by the whole direction: only one filter at a time can hold it, the first that stopped.
/// </remarks>
internal abstract class FilterIteration(HttpFilterSlot[] slots, BlockPool blocks)
{
    private readonly Buffer _held = new(blocks);
    private readonly Buffer _passing = new(blocks);
    private readonly SlotState[] _states = new SlotState[slots.Length];
    private HeaderMap? _headers;
    private HeaderMap? _trailers;
    private bool _ended;
    private bool _pausedSource;

    private enum Mode : byte
    {
        Passing,
        Stopped,
        StoppedAllBuffer,
        StoppedAllWatermark,
    }

    /// <summary>Filters of the chain; some may be inactive for this stream.</summary>
    protected HttpFilterSlot[] Slots => slots;

    /// <summary>Body held back now, or null when none is.</summary>
    internal Buffer? Held => _held.IsEmpty ? null : _held;

    /// <summary>Set when nothing more may be passed: a local reply took over, or the stream ended.</summary>
    internal bool Aborted { get; private set; }

    /// <summary>Bytes that may be held back.</summary>
    internal int Limit { get; set; }

    /// <summary>Whether bytes given now would pass all filters at once.</summary>
    internal bool IsPassing
    {
        get
        {
            foreach (SlotState state in _states)
            {
                if (state.Mode != Mode.Passing)
                {
                    return false;
                }
            }

            return !Aborted && _held.IsEmpty;
        }
    }

    /// <summary>Makes it new for another stream.</summary>
    internal void Reset()
    {
        _held.Clear();
        _passing.Clear();
        Array.Clear(_states);
        _headers = _trailers = null;
        _ended = _pausedSource = Aborted = false;
    }

    /// <summary>Nothing more is passed; what is held back is dropped.</summary>
    internal void Abort()
    {
        Aborted = true;
        _held.Clear();
    }

    /// <summary>Begins with the headers, at a position.</summary>
    internal void Begin(int position, HeaderMap headers, bool endStream)
    {
        _headers = headers;
        _ended = endStream;
        try
        {
            PassHeaders(position, endStream);
        }
        catch (Exception exception)
        {
            OnFilterFailed(exception);
        }
    }

    /// <summary>Goes on with a piece of the body, at a position.</summary>
    internal void Data(int position, Buffer data, bool endStream)
    {
        _ended = endStream;
        try
        {
            PassData(position, data, endStream);
        }
        catch (Exception exception)
        {
            data.Clear();
            OnFilterFailed(exception);
        }
    }

    /// <summary>Ends with the trailers, at a position.</summary>
    internal void Trailers(int position, HeaderMap trailers)
    {
        _ended = true;
        _trailers = trailers;
        try
        {
            PassTrailers(position);
        }
        catch (Exception exception)
        {
            OnFilterFailed(exception);
        }
    }

    /// <summary>Resumes after the filter at <paramref name="position"/> stopped; nothing happens when it had not.</summary>
    internal void Resume(int position)
    {
        if (Aborted || _states[position].Mode == Mode.Passing)
        {
            return;
        }

        try
        {
            PassHeld(position);
        }
        catch (Exception exception)
        {
            _passing.Clear();
            OnFilterFailed(exception);
        }
    }

    private void PassHeld(int position)
    {
        int next = _states[position].Mode == Mode.Stopped ? position + 1 : position;
        _states[position].Mode = Mode.Passing;
        bool headersWentBefore = _states[position].HeadersPassed;
        if (!headersWentBefore)
        {
            _states[position].HeadersPassed = true;
            PassHeaders(position + 1, _ended && _held.IsEmpty && _trailers is null);
        }

        // An empty piece that ends the body must be told too, unless the headers have just told the end.
        if (!Aborted && (!_held.IsEmpty || (headersWentBefore && _ended && _trailers is null)))
        {
            Debug.Assert(_passing.IsEmpty);
            _held.MoveTo(_passing);
            OnReleased();
            PassData(next, _passing, _ended && _trailers is null);
        }

        if (!Aborted && _trailers is not null)
        {
            PassTrailers(next);
        }
    }

    protected abstract HttpFilterSlot SlotAt(int position);

    protected abstract HeadersStatus CallHeaders(HttpFilter filter, HeaderMap headers, bool endStream);

    protected abstract DataStatus CallData(HttpFilter filter, Buffer data, bool endStream);

    protected abstract TrailersStatus CallTrailers(HttpFilter filter, HeaderMap trailers);

    /// <summary>The headers passed the last filter.</summary>
    protected abstract void SinkHeaders(HeaderMap headers, bool endStream);

    /// <summary>A piece of the body passed the last filter.</summary>
    protected abstract void SinkData(Buffer data, bool endStream);

    /// <summary>The trailers passed the last filter.</summary>
    protected abstract void SinkTrailers(HeaderMap trailers);

    /// <summary>More was held back than the limit allows, by a filter that needs the whole body.</summary>
    protected abstract void OnTooLarge();

    /// <summary>A filter threw: the stream has to be ended.</summary>
    protected abstract void OnFilterFailed(Exception exception);

    /// <summary>Stops or resumes whoever produces the body.</summary>
    protected abstract void PauseSource(bool pause);

    private void PassHeaders(int position, bool endStream)
    {
        HeaderMap headers = _headers!;
        for (int i = position; i < slots.Length; i++)
        {
            HttpFilterSlot slot = SlotAt(i);
            if (!slot.Active)
            {
                continue;
            }

            HeadersStatus status = CallHeaders(slot.Filter, headers, endStream);
            if (Aborted)
            {
                return;
            }

            if (status != HeadersStatus.Continue)
            {
                _states[i].Mode = status switch
                {
                    HeadersStatus.StopIteration => Mode.Stopped,
                    HeadersStatus.StopAllIterationAndBuffer => Mode.StoppedAllBuffer,
                    _ => Mode.StoppedAllWatermark,
                };
                return;
            }

            _states[i].HeadersPassed = true;
        }

        SinkHeaders(headers, endStream);
    }

    private void PassData(int position, Buffer data, bool endStream)
    {
        for (int i = position; i < slots.Length; i++)
        {
            HttpFilterSlot slot = SlotAt(i);
            if (!slot.Active)
            {
                continue;
            }

            ref SlotState state = ref _states[i];
            if (state.Mode >= Mode.StoppedAllBuffer)
            {
                Hold(data, mustFit: state.Mode == Mode.StoppedAllBuffer);
                return;
            }

            DataStatus status = CallData(slot.Filter, data, endStream);
            if (Aborted)
            {
                data.Clear();
                return;
            }

            if (status == DataStatus.Continue)
            {
                if (state.Mode == Mode.Stopped)
                {
                    // What was held back goes first, so this piece joins it and both go on together.
                    data.MoveTo(_held);
                    Resume(i);
                    return;
                }

                continue;
            }

            state.Mode = Mode.Stopped;
            if (status == DataStatus.StopIterationNoBuffer)
            {
                data.Clear();
            }
            else
            {
                Hold(data, mustFit: status == DataStatus.StopIterationAndBuffer);
            }

            return;
        }

        SinkData(data, endStream);
        data.Clear();
    }

    private void PassTrailers(int position)
    {
        HeaderMap trailers = _trailers!;
        for (int i = position; i < slots.Length; i++)
        {
            HttpFilterSlot slot = SlotAt(i);
            if (!slot.Active)
            {
                continue;
            }

            ref SlotState state = ref _states[i];
            if (state.Mode >= Mode.StoppedAllBuffer)
            {
                return;
            }

            TrailersStatus status = CallTrailers(slot.Filter, trailers);
            if (Aborted)
            {
                return;
            }

            if (status == TrailersStatus.StopIteration)
            {
                state.Mode = Mode.Stopped;
                return;
            }

            if (state.Mode == Mode.Stopped)
            {
                Resume(i);
                return;
            }
        }

        SinkTrailers(trailers);
    }

    private void Hold(Buffer data, bool mustFit)
    {
        data.MoveTo(_held);
        if (Limit == 0 || _held.Length <= Limit)
        {
            return;
        }

        if (mustFit)
        {
            OnTooLarge();
        }
        else if (!_pausedSource)
        {
            _pausedSource = true;
            PauseSource(true);
        }
    }

    private void OnReleased()
    {
        if (_pausedSource)
        {
            _pausedSource = false;
            PauseSource(false);
        }
    }

    private struct SlotState
    {
        internal Mode Mode;
        internal bool HeadersPassed;
    }
}
