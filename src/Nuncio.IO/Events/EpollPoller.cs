using System.Runtime.InteropServices;
using Nuncio.IO.Interop;

namespace Nuncio.IO.Events;

/// <summary>
/// epoll(7), edge-triggered. Each descriptor is added once for everything and never modified, so that a connection costs one
/// control call in its life.
/// </summary>
/// <remarks>
/// Owner: one dispatcher; <see cref="Wake"/> from any thread. The wake-up descriptor is never read: with an edge trigger every write
/// to it is an event of its own.
/// </remarks>
public sealed unsafe class EpollPoller : Poller
{
    private const int CloseOnExec = 0x80000;
    private const int NonBlock = 0x800;
    private const int OperationAdd = 1;
    private const int OperationRemove = 2;
    private const uint In = 0x001;
    private const uint Out = 0x004;
    private const uint Err = 0x008;
    private const uint Hup = 0x010;
    private const uint ReadHup = 0x2000;
    private const uint EdgeTriggered = 1u << 31;
    private const ulong WakeToken = ulong.MaxValue;
    private const int MaxEvents = 256;
    private const long NanosPerMillisecond = 1_000_000;

    // struct epoll_event is packed on x86-64 alone.
    private static readonly int s_tokenOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int s_eventSize = s_tokenOffset + sizeof(ulong);

    private readonly byte[] _events = GC.AllocateArray<byte>(MaxEvents * 16, pinned: true);
    private readonly byte* _eventsStart;
    private readonly int _epoll;
    private readonly int _wake;
    private bool _isDisposed;

    /// <summary>Makes the descriptors; fails only when the process has none left.</summary>
    public EpollPoller()
    {
        // Safety: the array is pinned for life and held by this object.
        _eventsStart = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_events, 0);
        _epoll = LibC.EpollCreate(CloseOnExec);
        ThrowIfFailed(_epoll, "epoll_create1");
        _wake = LibC.EventFd(0, CloseOnExec | NonBlock);
        ThrowIfFailed(_wake, "eventfd");
        ThrowIfFailed(Control(OperationAdd, _wake, In | EdgeTriggered, WakeToken), "epoll_ctl");
    }

    /// <inheritdoc/>
    public override int Add(int fd, ulong token) => Control(OperationAdd, fd, In | Out | ReadHup | EdgeTriggered, token);

    /// <inheritdoc/>
    public override int AddForReading(int fd, ulong token) => Control(OperationAdd, fd, In | EdgeTriggered, token);

    /// <inheritdoc/>
    public override void Remove(int fd) => Control(OperationRemove, fd, 0, 0);

    /// <inheritdoc/>
    public override int Wait(Span<PollerEvent> events, long timeoutNanos)
    {
        // Rounded up: waking before a timer's tick would only be a turn for nothing.
        int timeout = timeoutNanos < 0
            ? -1
            : (int)Math.Min((timeoutNanos + NanosPerMillisecond - 1) / NanosPerMillisecond, int.MaxValue);
        int count = LibC.EpollWait(_epoll, _eventsStart, Math.Min(events.Length, MaxEvents), timeout);
        int written = 0;
        byte* at = _eventsStart;
        for (int i = 0; i < count; i++, at += s_eventSize)
        {
            ulong token = *(ulong*)(at + s_tokenOffset);
            if (token != WakeToken)
            {
                events[written++] = new PollerEvent(token, Translate(*(uint*)at));
            }
        }

        return written;
    }

    /// <inheritdoc/>
    public override void Wake()
    {
        ulong one = 1;
        LibC.Write(_wake, (byte*)&one, sizeof(ulong));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            LibC.Close(_wake);
            LibC.Close(_epoll);
        }
    }

    private static IoEvents Translate(uint bits)
    {
        // The bits of IN and OUT are moved to their places; HUP means both directions are gone.
        IoEvents events = (IoEvents)((bits & In) | ((bits & Out) >> 1) | ((bits & ReadHup) >> 11));
        if ((bits & (Err | Hup)) != 0)
        {
            events |= IoEvents.Readable;
            events |= (bits & Err) != 0 ? IoEvents.Error : IoEvents.None;
            events |= (bits & Hup) != 0 ? IoEvents.PeerClosed : IoEvents.None;
        }

        return events;
    }

    private static void ThrowIfFailed(int result, string call)
    {
        if (result < 0)
        {
            throw new InvalidOperationException($"{call}: {Errno.Text(Errno.Last)}");
        }
    }

    private int Control(int operation, int fd, uint bits, ulong token)
    {
        byte* one = stackalloc byte[16];
        *(uint*)one = bits;
        *(ulong*)(one + s_tokenOffset) = token;
        return LibC.EpollControl(_epoll, operation, fd, one) < 0 ? Errno.Last : 0;
    }
}
