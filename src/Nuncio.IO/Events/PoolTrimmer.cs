using Nuncio.IO.Timers;

namespace Nuncio.IO.Events;

/// <summary>
/// Gives the blocks of a burst back, about once a second while there is something to give. Its timer sleeps when the pool is down
/// to its reserve, so that an idle process is not woken. Owner: one dispatcher.
/// </summary>
internal sealed class PoolTrimmer : ITimerHandler
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly Dispatcher _dispatcher;
    private readonly Timer _timer;

    internal PoolTrimmer(Dispatcher dispatcher)
    {
        _dispatcher = dispatcher;
        _timer = new Timer(dispatcher.Timers, this);
    }

    internal bool IsRunning => _timer.IsArmed;

    internal void Start() => _timer.Arm(s_interval);

    public void OnTimer(Timer timer)
    {
        int before = _dispatcher.Blocks.Free;
        _dispatcher.Blocks.Trim();
        _dispatcher.Trimming?.Invoke();
        if (_dispatcher.Blocks.Rented > 0 || _dispatcher.Blocks.Free < before)
        {
            _timer.Arm(s_interval);
        }
    }
}
