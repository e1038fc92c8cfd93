using System.Diagnostics;

namespace Nuncio.IO.Events;

/// <summary>
/// Who owns which registered descriptor: slots that are used again, each with a generation that moves on when it is given up.
/// </summary>
/// <remarks>Owner: one dispatcher's thread. A token is generation and slot; one array look-up finds the handler of an event.</remarks>
internal sealed class HandlerTable
{
    private Entry[] _entries = new Entry[64];
    private int _firstFree = -1;
    private int _used;

    /// <summary>Descriptors registered now.</summary>
    internal int Count { get; private set; }

    internal IoRegistration Add(IIoHandler handler)
    {
        int slot = _firstFree;
        if (slot >= 0)
        {
            _firstFree = _entries[slot].NextFree;
        }
        else
        {
            if (_used == _entries.Length)
            {
                Array.Resize(ref _entries, _used * 2);
            }

            slot = _used++;
            _entries[slot].Generation = 1;
        }

        _entries[slot].Handler = handler;
        Count++;
        return new IoRegistration(slot, _entries[slot].Generation);
    }

    /// <summary>From now on events of this registration go to another handler.</summary>
    internal void Replace(IoRegistration registration, IIoHandler handler)
    {
        ref Entry entry = ref _entries[registration.Slot];
        Debug.Assert(entry.Generation == registration.Generation && entry.Handler is not null, "the registration has ended");
        entry.Handler = handler;
    }

    internal void Remove(IoRegistration registration)
    {
        ref Entry entry = ref _entries[registration.Slot];
        if (!registration.IsSome || entry.Generation != registration.Generation || entry.Handler is null)
        {
            return;
        }

        entry.Handler = null;
        if (++entry.Generation == 0)
        {
            entry.Generation = 1;
        }

        entry.NextFree = _firstFree;
        _firstFree = registration.Slot;
        Count--;
    }

    /// <summary>The handler an event is for; null when it is stale.</summary>
    internal IIoHandler? Find(ulong token)
    {
        int slot = (int)(uint)token;
        Entry[] entries = _entries;
        if ((uint)slot >= (uint)entries.Length)
        {
            return null;
        }

        ref Entry entry = ref entries[slot];
        return entry.Generation == (uint)(token >> 32) ? entry.Handler : null;
    }

    internal static ulong TokenOf(IoRegistration registration) => (ulong)registration.Generation << 32 | (uint)registration.Slot;

    private struct Entry
    {
        internal IIoHandler? Handler;
        internal uint Generation;
        internal int NextFree;
    }
}
