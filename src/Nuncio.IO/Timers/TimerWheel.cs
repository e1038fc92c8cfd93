using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nuncio.IO.Timers;

/// <summary>
/// The timers of one dispatcher: five wheels of 256 slots, where a slot of one wheel spans a whole turn of the wheel below
/// (Varghese and Lauck, "Hashed and hierarchical timing wheels", scheme 7), in ticks of one millisecond.
/// </summary>
/// <remarks>
/// Owner: the dispatcher's thread. Invariant: a timer due at tick d hangs on the level of the highest byte in which d differs from
/// the current tick, in the slot that this byte names; so every filled slot lies ahead of the current one on its level, all of
/// level n before all of level n + 1, and the next thing to do is the first set bit of the lowest filled level.
/// Moving an armed timer to a later deadline only notes the deadline; the timer is filed again when its old slot comes up. Idle
/// timeouts, which are moved with every request and hardly ever fire, so cost one store.
/// </remarks>
public sealed class TimerWheel
{
    internal const int NotFiled = -1;

    private const long NanosPerTick = 1_000_000;
    private const int Levels = 5;
    private const int SlotBits = 8;
    private const int Slots = 1 << SlotBits;
    private const int WordsPerLevel = Slots / 64;

    /// <summary>Farthest deadline: 2^40 ms, 34 years. More is cut to it.</summary>
    private const long MaxTick = (1L << (Levels * SlotBits)) - 1;

    /// <summary>List of timers due at once: they fire at the next <see cref="Advance"/>, not in the current one.</summary>
    private const int DueList = Levels * Slots;

    /// <summary>List of the timers being fired now.</summary>
    private const int FiringList = DueList + 1;

    private readonly Timer?[] _lists = new Timer?[FiringList + 1];
    private readonly ulong[] _filled = new ulong[Levels * WordsPerLevel];
    private readonly long _origin;
    private long _now;
    private long _tick;
    private bool _hasFired;

    /// <summary>An empty wheel that starts at this time.</summary>
    public TimerWheel(long nowNanos)
    {
        _origin = nowNanos;
        _now = nowNanos;
    }

    /// <summary>Timers armed now.</summary>
    public int Count { get; private set; }

    /// <summary>The timer whose handler runs now or ran last, for the containment of exceptions.</summary>
    internal Timer? Current { get; private set; }

    /// <summary>Whether a handler was called since this was asked last.</summary>
    internal bool TakeFired()
    {
        bool fired = _hasFired;
        _hasFired = false;
        return fired;
    }

    /// <summary>Tells the time from which delays count, without firing.</summary>
    public void SetNow(long nowNanos) => _now = nowNanos;

    /// <summary>
    /// Nanoseconds until <see cref="Advance"/> has something to do, from <paramref name="nowNanos"/>: 0 when at once, -1 when never.
    /// May be earlier than the next timer (a wheel to turn), never later.
    /// </summary>
    public long NanosUntilNext(long nowNanos)
    {
        if (Count == 0)
        {
            return -1;
        }

        if (_lists[DueList] is not null || _lists[FiringList] is not null)
        {
            return 0;
        }

        return Math.Max(0, _origin + NextTick() * NanosPerTick - nowNanos);
    }

    /// <summary>
    /// Fires what is due, in the order of deadlines. An exception of a handler leaves the wheel in order: call again to go on.
    /// </summary>
    public void Advance(long nowNanos)
    {
        _now = nowNanos;
        FireList();
        Detach(DueList);
        FireList();
        long target = Math.Min((nowNanos - _origin) / NanosPerTick, MaxTick);
        while (_tick < target)
        {
            long next = NextTick();
            if (next > target)
            {
                // Nothing in between, so every filled slot stays where the invariant wants it.
                _tick = target;
                return;
            }

            TurnTo(next);
            Detach((int)(next & (Slots - 1)));
            FireList();
        }
    }

    internal void Arm(Timer timer, long delayNanos)
    {
        long deadline = delayNanos <= 0 ? 0 : (_now - _origin + Math.Min(delayNanos, long.MaxValue / 4) + NanosPerTick - 1) / NanosPerTick;
        deadline = Math.Min(deadline, MaxTick);
        if (timer.List != NotFiled)
        {
            if (deadline >= timer.FiledFor && timer.List < DueList)
            {
                timer.Deadline = deadline;
                return;
            }

            Unlink(timer);
            Count--;
        }

        timer.Deadline = deadline;
        Count++;
        File(timer);
    }

    internal void Disarm(Timer timer)
    {
        if (timer.List != NotFiled)
        {
            Unlink(timer);
            Count--;
        }
    }

    /// <summary>Moves the current tick, filing anew what hung on the higher levels for the turn that begins.</summary>
    private void TurnTo(long tick)
    {
        long changed = tick ^ _tick;
        _tick = tick;
        for (int level = Math.Min((63 - BitOperations.LeadingZeroCount((ulong)changed)) / SlotBits, Levels - 1); level > 0; level--)
        {
            int list = level * Slots + (int)((tick >> (level * SlotBits)) & (Slots - 1));
            Timer? timer = _lists[list];
            _lists[list] = null;
            ClearFilled(list);
            while (timer is not null)
            {
                Timer? next = timer.Next;
                timer.Next = timer.Previous = null;
                File(timer, atTick: true);
                timer = next;
            }
        }
    }

    /// <summary>The tick at which the next filled slot comes up. Only when something is filed in a slot.</summary>
    private long NextTick()
    {
        for (int level = 0; level < Levels; level++)
        {
            for (int word = 0; word < WordsPerLevel; word++)
            {
                ulong bits = _filled[level * WordsPerLevel + word];
                if (bits != 0)
                {
                    long slot = word * 64 + BitOperations.TrailingZeroCount(bits);
                    int shift = level * SlotBits;
                    return (_tick >> (shift + SlotBits) << (shift + SlotBits)) | slot << shift;
                }
            }
        }

        return MaxTick + 1;
    }

    /// <param name="timer">An unfiled timer with its deadline.</param>
    /// <param name="atTick">While turning: due at the current tick means its slot, which is fired next.</param>
    private void File(Timer timer, bool atTick = false)
    {
        long deadline = timer.Deadline;
        timer.FiledFor = deadline;
        int list;
        if (deadline <= _tick)
        {
            list = atTick ? (int)(_tick & (Slots - 1)) : DueList;
        }
        else
        {
            int level = (63 - BitOperations.LeadingZeroCount((ulong)(deadline ^ _tick))) / SlotBits;
            list = level * Slots + (int)((deadline >> (level * SlotBits)) & (Slots - 1));
        }

        Timer? first = _lists[list];
        timer.List = list;
        timer.Previous = null;
        timer.Next = first;
        if (first is not null)
        {
            first.Previous = timer;
        }

        _lists[list] = timer;
        if (list < DueList)
        {
            _filled[list >> 6] |= 1UL << (list & 63);
        }
    }

    private void Unlink(Timer timer)
    {
        int list = timer.List;
        Timer? next = timer.Next;
        Timer? previous = timer.Previous;
        if (next is not null)
        {
            next.Previous = previous;
        }

        if (previous is not null)
        {
            previous.Next = next;
        }
        else
        {
            _lists[list] = next;
            if (next is null && list < DueList)
            {
                ClearFilled(list);
            }
        }

        timer.Next = timer.Previous = null;
        timer.List = NotFiled;
    }

    /// <summary>Hangs a whole list into the firing list, from where handlers may still disarm its members.</summary>
    private void Detach(int list)
    {
        Timer? timer = _lists[list];
        if (timer is null)
        {
            return;
        }

        Debug.Assert(_lists[FiringList] is null);
        _lists[list] = null;
        if (list < DueList)
        {
            ClearFilled(list);
        }

        // Lists are filled at the head; turning them round fires what was armed first, first.
        Timer? reversed = null;
        while (timer is not null)
        {
            Timer? next = timer.Next;
            timer.List = FiringList;
            timer.Next = reversed;
            timer.Previous = null;
            if (reversed is not null)
            {
                reversed.Previous = timer;
            }

            reversed = timer;
            timer = next;
        }

        _lists[FiringList] = reversed;
    }

    private void FireList()
    {
        while (_lists[FiringList] is { } timer)
        {
            Unlink(timer);
            if (timer.Deadline > _tick)
            {
                // Was moved to later while it hung here.
                File(timer);
                continue;
            }

            Count--;
            Current = timer;
            _hasFired = true;
            timer.Handler.OnTimer(timer);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ClearFilled(int list) => _filled[list >> 6] &= ~(1UL << (list & 63));
}
