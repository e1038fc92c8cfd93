using System.Diagnostics;
using Nuncio.Base.Buffers;
using Nuncio.Base.Random;
using Nuncio.Base.Time;
using Nuncio.IO.Interop;
using Nuncio.IO.Sockets;
using Nuncio.IO.Timers;

namespace Nuncio.IO.Events;

/// <summary>
/// The event loop of one thread, and the hub of what that thread owns: descriptors, timers, buffers, random numbers.
/// </summary>
/// <remarks>
/// One iteration: poll -> refresh the cached clocks -> socket events, each followed by sending what was written during it -> posted
/// work -> timers -> same-iteration callbacks -> closing phase. Everything runs on the owner's thread but <see cref="Post"/> and
/// <see cref="Stop"/>. An exception that escapes from a callback ends that callback's owner, is counted and reported, and the loop
/// goes on. Work added in a phase for the same phase waits for the next iteration, so that nothing starves the sockets.
/// </remarks>
public sealed partial class Dispatcher
{
    /// <summary>Events taken per poll: enough to spread the cost of the call, few enough that timers are looked at often.</summary>
    private const int MaxEventsPerPoll = 128;

    /// <summary>Waits shorter than this are computed from the clock read anew.</summary>
    private const long ExactWaitNanos = 20_000_000;


    private readonly Poller _poller;
    private readonly HandlerTable _handlers = new();
    private readonly PostQueue _posted = new();
    private readonly PollerEvent[] _events = new PollerEvent[MaxEventsPerPoll];
    private readonly CachedClock _clock;
    private readonly PoolTrimmer _trimmer;
    private CallQueue<IFlushable> _toFlush;
    private CallQueue<IRunSoon> _soon;
    private CallQueue<IReleasable> _toRelease;
    private int _eventCount;
    private int _nextEvent;

    /// <summary>1 while the owner may be asleep in the poller, so that posting must wake it.</summary>
    private int _isSleeping;

    private volatile bool _isStopping;
    private int _ownerThread;

    /// <summary>A dispatcher that runs when <see cref="Run"/> is called, on that thread.</summary>
    /// <param name="name">For logs and thread names: "main", "worker_0".</param>
    /// <param name="index">Cell index of statistics: 0 is the main thread, workers follow.</param>
    public Dispatcher(string name, int index, Poller poller, SocketApi sockets, Clock clock, RandomSource random)
    {
        Name = name;
        Index = index;
        _poller = poller;
        Sockets = sockets;
        Clock = clock;
        Random = random;
        _clock = new CachedClock(clock);
        Timers = new TimerWheel(_clock.Nanos);
        _trimmer = new PoolTrimmer(this);
    }

    /// <summary>"main", "worker_0", ...</summary>
    public string Name { get; }

    /// <summary>Cell index: 0 is the main thread, 1 to N the workers.</summary>
    public int Index { get; }

    /// <summary>The memory of this thread's buffers.</summary>
    public BlockPool Blocks { get; } = new();

    /// <summary>The socket operations, real or simulated.</summary>
    public SocketApi Sockets { get; }

    /// <summary>Random numbers of this thread.</summary>
    public RandomSource Random { get; }

    /// <summary>The timers of this thread.</summary>
    public TimerWheel Timers { get; }

    /// <summary>The clock behind the cached values; on the data path use those.</summary>
    public Clock Clock { get; }

    /// <summary>Monotonic nanoseconds, read once per iteration.</summary>
    public long NowNanos => _clock.Nanos;

    /// <summary>Wall clock, UTC, in <see cref="DateTime.Ticks"/>, read with <see cref="NowNanos"/>.</summary>
    public long UtcTicks => _clock.UtcTicks;

    /// <summary>Empty pipes that splicing connections share.</summary>
    internal Stack<(int ReadEnd, int WriteEnd)> FreePipes { get; } = new();

    /// <summary>Pipes that exist, free or in use.</summary>
    internal int OpenPipes { get; set; }

    /// <summary>
    /// Called about once a second while memory is in use: owners of other pools give back what a burst left them. Owner thread.
    /// </summary>
    public Action? Trimming { get; set; }

    /// <summary>Exceptions contained so far.</summary>
    public long ContainedExceptions { get; private set; }

    /// <summary>Where contained exceptions are reported.</summary>
    public IExceptionSink? ExceptionSink { get; set; }

    /// <summary>Counts and reports an exception that a handler contained itself, because it knows better what to end than the loop does.</summary>
    public void ReportContained(Exception exception, string where)
    {
        ContainedExceptions++;
        ExceptionSink?.OnContained(exception, where);
    }

    /// <summary>Iterations so far; the watchdog and the loop statistics look at it.</summary>
    public long Iterations { get; private set; }

    /// <summary>Descriptors registered now.</summary>
    public int RegisteredCount => _handlers.Count;

    /// <summary>Whether the caller is on this dispatcher's thread (true for everyone before it runs).</summary>
    public bool IsOwner => _ownerThread == 0 || _ownerThread == Environment.CurrentManagedThreadId;

    /// <summary>Debug builds: fails when the caller is on another thread.</summary>
    [Conditional("DEBUG")]
    public void AssertOwner() => Debug.Assert(IsOwner, "called off the dispatcher's thread");

    /// <summary>
    /// Watches a descriptor; events arrive from the next poll on, the first telling the state now. The answer is not
    /// <see cref="IoRegistration.IsSome"/> when the system refuses.
    /// </summary>
    public IoRegistration Register(int fd, IIoHandler handler) => Register(fd, handler, onlyReads: false);

    /// <summary>The same for readable and errors only: a datagram socket would be told of every datagram that has left it.</summary>
    public IoRegistration RegisterForReading(int fd, IIoHandler handler) => Register(fd, handler, onlyReads: true);

    private IoRegistration Register(int fd, IIoHandler handler, bool onlyReads)
    {
        AssertOwner();
        IoRegistration registration = _handlers.Add(handler);
        ulong token = HandlerTable.TokenOf(registration);
        if ((onlyReads ? _poller.AddForReading(fd, token) : _poller.Add(fd, token)) < 0)
        {
            _handlers.Remove(registration);
            return default;
        }

        return registration;
    }

    /// <summary>Events of a registered descriptor go to another handler from now on, without asking the system.</summary>
    public void HandOver(IoRegistration registration, IIoHandler to)
    {
        AssertOwner();
        _handlers.Replace(registration, to);
    }

    /// <summary>Stops delivering events; the caller closes the descriptor next, which takes it out of the poller.</summary>
    public void Unregister(IoRegistration registration)
    {
        AssertOwner();
        _handlers.Remove(registration);
    }

    /// <summary>Stops watching a descriptor that stays open.</summary>
    public void UnregisterOpen(IoRegistration registration, int fd)
    {
        Unregister(registration);
        _poller.Remove(fd);
    }

    /// <summary>Runs work on this dispatcher's thread, in the order one thread posts it. Any thread.</summary>
    public void Post(Action work)
    {
        _posted.Push(work);

        // The push is a full fence: either the owner, about to sleep, sees the work, or this thread sees that it sleeps.
        if (Volatile.Read(ref _isSleeping) != 0 && Interlocked.Exchange(ref _isSleeping, 0) != 0)
        {
            _poller.Wake();
        }
    }

    /// <summary>Runs a callback later in this iteration, after the timers. Ignored if it is queued already.</summary>
    public void RunSoon(IRunSoon callback)
    {
        AssertOwner();
        if (!callback.IsQueuedSoon)
        {
            callback.IsQueuedSoon = true;
            _soon.Add(callback);
        }
    }

    /// <summary>Calls <see cref="IFlushable.Flush"/> when the handler of the current event has returned. Queue once only.</summary>
    public void FlushAfterEvent(IFlushable flushable)
    {
        AssertOwner();
        _toFlush.Add(flushable);
    }

    /// <summary>Calls <see cref="IReleasable.Release"/> in the closing phase of this iteration.</summary>
    public void DeferRelease(IReleasable releasable)
    {
        AssertOwner();
        _toRelease.Add(releasable);
    }

    /// <summary>Starts the occasional trimming of <see cref="Blocks"/>; called when a connection took memory. Costs nothing while it runs.</summary>
    public void NoteMemoryUse()
    {
        if (!_trimmer.IsRunning)
        {
            _trimmer.Start();
        }
    }

    /// <summary>Runs iterations until <see cref="Stop"/>.</summary>
    public void Run()
    {
        _nativeThread = LibC.GetThread();
        while (!_isStopping)
        {
            RunOnce(-1);
        }
    }

    /// <summary>Ends <see cref="Run"/> after the current iteration. Any thread.</summary>
    public void Stop()
    {
        _isStopping = true;
        _poller.Wake();
    }
}
