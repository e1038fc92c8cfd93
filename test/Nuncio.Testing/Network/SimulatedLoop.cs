using Nuncio.Base.Random;
using Nuncio.IO.Events;
using Nuncio.Testing.Time;

namespace Nuncio.Testing.Network;

/// <summary>
/// Dispatchers over a <see cref="SimulatedNetwork"/> and a <see cref="ManualClock"/>, run by the test on its own thread: nothing
/// happens but in <see cref="RunUntilIdle"/> and <see cref="Advance"/>, and it always happens in the same order.
/// </summary>
public sealed class SimulatedLoop : IExceptionSink, IDisposable
{
    private const int MaxTurns = 100_000;
    private readonly List<Dispatcher> _dispatchers = [];
    private readonly List<SimulatedPoller> _pollers = [];
    private readonly ulong _seed;

    /// <summary>A network with this many dispatchers: the first is "main", the others "worker_0" and so on.</summary>
    public SimulatedLoop(int dispatchers = 1, ulong seed = 1)
    {
        _seed = seed;
        Network = new SimulatedNetwork(Clock);
        for (int i = 0; i < dispatchers; i++)
        {
            AddDispatcher(i == 0 ? "main" : $"worker_{i - 1}");
        }
    }

    /// <summary>The time; move it with <see cref="Advance"/>.</summary>
    public ManualClock Clock { get; } = new();

    /// <summary>The network.</summary>
    public SimulatedNetwork Network { get; }

    /// <summary>All dispatchers, in the order they take turns.</summary>
    public IReadOnlyList<Dispatcher> Dispatchers => _dispatchers;

    /// <summary>The first dispatcher.</summary>
    public Dispatcher Dispatcher => _dispatchers[0];

    /// <summary>Exceptions the dispatchers contained. A test that expects none asserts that it is empty.</summary>
    public List<Exception> Contained { get; } = [];

    /// <summary>One more dispatcher, with the next cell index and a seed of its own.</summary>
    public Dispatcher AddDispatcher(string name)
    {
        SimulatedPoller poller = Network.CreatePoller();
        int index = _dispatchers.Count;
        Dispatcher dispatcher = new(name, index, poller, Network.Sockets, Clock, new RandomSource(_seed + (ulong)index))
        {
            ExceptionSink = this,
        };
        _pollers.Add(poller);
        _dispatchers.Add(dispatcher);
        return dispatcher;
    }

    /// <summary>Runs everything that can happen without time passing.</summary>
    public void RunUntilIdle()
    {
        for (int turn = 0; turn < MaxTurns; turn++)
        {
            bool busy = Network.RunDue();
            foreach (Dispatcher dispatcher in _dispatchers)
            {
                busy |= dispatcher.RunOnce(0);
            }

            if (!busy)
            {
                return;
            }
        }

        throw new InvalidOperationException("the loop does not come to rest");
    }

    /// <summary>Lets time pass, stopping at everything that is due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        long end = Clock.MonotonicNanos + by.Ticks * 100;
        RunUntilIdle();
        while (true)
        {
            long next = NextDeadline();
            if (next > end)
            {
                break;
            }

            Clock.AdvanceNanos(Math.Max(0, next - Clock.MonotonicNanos));
            RunUntilIdle();
        }

        Clock.AdvanceNanos(end - Clock.MonotonicNanos);
        RunUntilIdle();
    }

    void IExceptionSink.OnContained(Exception exception, string where) => Contained.Add(exception);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SimulatedPoller poller in _pollers)
        {
            poller.Dispose();
        }
    }

    private long NextDeadline()
    {
        long next = Network.NextEventNanos ?? long.MaxValue;
        foreach (Dispatcher dispatcher in _dispatchers)
        {
            long wait = dispatcher.Timers.NanosUntilNext(Clock.MonotonicNanos);
            if (wait >= 0)
            {
                next = Math.Min(next, Clock.MonotonicNanos + wait);
            }
        }

        return next;
    }
}
