namespace Nuncio.IO.Network;

/// <content>The filter chain and the callbacks: who hears what, in which order.</content>
public sealed partial class Connection
{
    private IReadFilter[] _readFilters = [];
    private IWriteFilter[] _writeFilters = [];
    private IConnectionCallbacks?[] _callbacks = [];

    /// <summary>Read filters that have been told of the connection.</summary>
    private int _startedFilters;

    /// <summary>Index of the read filter that stopped last.</summary>
    private int _stoppedAt = -1;

    private bool _isRaising;

    /// <summary>Adds a filter at the end of the way in.</summary>
    public void AddReadFilter(IReadFilter filter)
    {
        _readFilters = [.. _readFilters, filter];
        filter.OnInitialize(this);
    }

    /// <summary>Adds a filter at the beginning of the way out: the last one added sees bytes first.</summary>
    public void AddWriteFilter(IWriteFilter filter)
    {
        _writeFilters = [.. _writeFilters, filter];
        filter.OnInitialize(this);
    }

    /// <summary>
    /// Takes a read filter out; it is not called any more. Fine within its own callbacks: a filter that has nothing more to decide should,
    /// since bytes that nobody looks at can be spliced.
    /// </summary>
    public void RemoveReadFilter(IReadFilter filter)
    {
        int at = Array.IndexOf(_readFilters, filter);
        if (at < 0)
        {
            return;
        }

        _readFilters = [.. _readFilters.AsSpan(0, at), .. _readFilters.AsSpan(at + 1)];
        _startedFilters -= at < _startedFilters ? 1 : 0;
        _stoppedAt -= at <= _stoppedAt ? 1 : 0;
    }

    /// <summary>Adds somebody who hears of the connection's turns, in the order of adding.</summary>
    public void AddCallbacks(IConnectionCallbacks callbacks) => _callbacks = [.. _callbacks, callbacks];

    /// <summary>Stops telling somebody, at once even while events are being told.</summary>
    public void RemoveCallbacks(IConnectionCallbacks callbacks)
    {
        int at = Array.IndexOf(_callbacks, callbacks);
        if (at < 0)
        {
            return;
        }

        if (_isRaising)
        {
            _callbacks[at] = null;
        }
        else
        {
            _callbacks = [.. _callbacks.AsSpan(0, at), .. _callbacks.AsSpan(at + 1)];
        }
    }

    /// <summary>
    /// Goes on after the filter that returned <see cref="FilterStatus.StopIteration"/> last: the filters behind it hear of the
    /// connection, if they have not yet, and of the bytes it left.
    /// </summary>
    public void ContinueReading()
    {
        Dispatcher.AssertOwner();
        if (State == ConnectionState.Open)
        {
            int from = _stoppedAt + 1;
            _stoppedAt = -1;
            RunReadFilters(from);
            AfterFilters();
        }
    }

    private void StartFilters()
    {
        while (_startedFilters < _readFilters.Length && State == ConnectionState.Open)
        {
            int at = _startedFilters++;
            if (_readFilters[at].OnNewConnection() == FilterStatus.StopIteration)
            {
                _stoppedAt = at;
                return;
            }
        }
    }

    private void RunReadFilters(int from)
    {
        for (int i = from; i < _readFilters.Length && State == ConnectionState.Open; i++)
        {
            IReadFilter filter = _readFilters[i];
            if (i >= _startedFilters)
            {
                _startedFilters = i + 1;
                if (filter.OnNewConnection() == FilterStatus.StopIteration)
                {
                    _stoppedAt = i;
                    return;
                }

                if (State != ConnectionState.Open)
                {
                    return;
                }
            }

            // A filter that took itself out has its successor in its place.
            if (IsGone(filter, i))
            {
                i--;
                continue;
            }

            if (_readBuffer.IsEmpty && !_readEnded)
            {
                continue;
            }

            if (filter.OnData(_readBuffer, _readEnded) == FilterStatus.StopIteration)
            {
                _stoppedAt = i;
                return;
            }

            i -= IsGone(filter, i) ? 1 : 0;
        }
    }

    private bool IsGone(IReadFilter filter, int at) => at >= _readFilters.Length || !ReferenceEquals(_readFilters[at], filter);

    private bool RunWriteFilters(Buffer data, bool endStream)
    {
        for (int i = _writeFilters.Length - 1; i >= 0; i--)
        {
            if (_writeFilters[i].OnWrite(data, endStream) == FilterStatus.StopIteration)
            {
                return false;
            }
        }

        return true;
    }

    private void RaiseEvent(ConnectionEvent connectionEvent)
    {
        bool isOuter = BeginRaising();
        for (int i = 0; i < _callbacks.Length; i++)
        {
            // Who closes on Connected has told everyone of the close already; the rest must not hear Connected after it.
            if (connectionEvent == ConnectionEvent.Connected && State != ConnectionState.Open)
            {
                break;
            }

            _callbacks[i]?.OnConnectionEvent(connectionEvent);
        }

        EndRaising(isOuter);
    }

    private void RaiseWatermark(bool above)
    {
        bool isOuter = BeginRaising();
        for (int i = 0; i < _callbacks.Length; i++)
        {
            if (above)
            {
                _callbacks[i]?.OnAboveWriteBufferHighWatermark();
            }
            else
            {
                _callbacks[i]?.OnBelowWriteBufferLowWatermark();
            }
        }

        EndRaising(isOuter);
    }

    private void RaiseBytesSent(int bytes)
    {
        bool isOuter = BeginRaising();
        for (int i = 0; i < _callbacks.Length && State != ConnectionState.Closed; i++)
        {
            _callbacks[i]?.OnBytesSent(bytes);
        }

        EndRaising(isOuter);
    }

    private bool BeginRaising()
    {
        bool isOuter = !_isRaising;
        _isRaising = true;
        return isOuter;
    }

    private void EndRaising(bool isOuter)
    {
        if (!isOuter)
        {
            return;
        }

        _isRaising = false;
        if (Array.IndexOf(_callbacks, null) >= 0)
        {
            _callbacks = Array.FindAll(_callbacks, static callbacks => callbacks is not null);
        }
    }
}
