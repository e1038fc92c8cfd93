using System.Buffers.Text;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Nuncio.Base.Diagnostics;
using Nuncio.Http.Http1;

namespace Nuncio.Http.Headers;

/// <content>Where entries and bytes are kept: adding, replacing, removing and the enumerator.</content>
public sealed partial class HeaderMap
{
    private void AppendTo(int index, ReadOnlySpan<byte> value, ReadOnlySpan<byte> separator)
    {
        ref Entry entry = ref _entries[index];
        int before = entry.ValueLength;
        if (before == 0)
        {
            Replace(ref entry, value);
            return;
        }

        int start = JoinInArena(ValueOf(entry), separator, value);
        Sanitise(_arena.Bytes.AsSpan(_arena.Used - value.Length, value.Length));
        entry.ValueStart = start;
        entry.ValueLength = _arena.Used - start;
        ByteSize += entry.ValueLength - before;
    }

    private void Replace(ref Entry entry, ReadOnlySpan<byte> value)
    {
        int start = StoreValue(value);
        ByteSize += value.Length - entry.ValueLength;
        entry.ValueStart = start;
        entry.ValueLength = value.Length;
    }

    private void SetSlow(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        byte[] lower = new byte[name.Length];
        if (!HeaderName.TryLower(name, lower))
        {
            Bug.Report("a header name that is not a token was set");
            return;
        }

        SetLower(lower, value);
    }

    private void SetLower(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        KnownHeader known = KnownHeaders.Find(name);
        if (known != KnownHeader.None)
        {
            Set(known, value);
            return;
        }

        int index = NextSame(0, known, name);
        if (index < 0)
        {
            Add(name, value);
            return;
        }

        Replace(ref _entries[index], value);
        RemoveFrom(index + 1, known, name);
    }

    /// <summary>Copies a value that comes from outside a decoder. What would break a message's framing becomes a blank.</summary>
    private int StoreValue(ReadOnlySpan<byte> value)
    {
        int start = StoreTrusted(value);
        Sanitise(_arena.Bytes.AsSpan(start, value.Length));
        return start;
    }

    private static void Sanitise(Span<byte> value)
    {
        // A formatted value may carry a client's bytes, decoded from anywhere; none may end a line.
        int at;
        while ((at = value.IndexOfAny((byte)'\r', (byte)'\n', (byte)0)) >= 0)
        {
            value[at] = (byte)' ';
            value = value[(at + 1)..];
        }
    }

    private int StoreTrusted(ReadOnlySpan<byte> bytes)
    {
        EnsureRoom(bytes.Length);
        int start = _arena.Used;
        bytes.CopyTo(_arena.Bytes.AsSpan(start));
        _arena.Used = start + bytes.Length;
        return start;
    }

    /// <summary>
    /// More bytes, or, where most of them belong to values that were replaced or removed, the ones in use copied together: a map that is
    /// rewritten without end stays within a few times its size.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MakeRoom(int bytes)
    {
        if (_arena.Used < HeaderArena.CompactsFrom || ByteSize + (long)bytes > _arena.Used / 2)
        {
            _arena.Grow(bytes, Pool);
            return;
        }

        ReadOnlySpan<byte> old = _arena.Bytes;
        _arena.BeginCompact(ByteSize + bytes, Pool);
        for (int i = 0; i < _end; i++)
        {
            ref Entry entry = ref _entries[i];
            if (entry.IsRemoved)
            {
                continue;
            }

            if (entry.Known == KnownHeader.None)
            {
                entry.NameStart = _arena.Append(old.Slice(entry.NameStart, entry.NameLength));
            }

            entry.ValueStart = _arena.Append(old.Slice(entry.ValueStart, entry.ValueLength));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Push(KnownHeader known, int nameStart, int nameLength, int valueStart, int valueLength)
    {
        int index = _end;
        if (index == _entries.Length)
        {
            GrowEntries();
            index = _end;
        }

        ref Entry entry = ref _entries[index];
        entry.Known = known;
        entry.IsRemoved = false;
        entry.NameStart = nameStart;
        entry.NameLength = nameLength;
        entry.ValueStart = valueStart;
        entry.ValueLength = valueLength;
        _end = index + 1;
        Count++;
        ByteSize += nameLength + valueLength;
        if (known != KnownHeader.None)
        {
            ref ushort first = ref _first[(int)known];
            if (first == 0)
            {
                first = (ushort)(index + 1);
            }
            else
            {
                _hasDuplicates = true;
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void GrowEntries()
    {
        if (Count <= _end / 2)
        {
            Compact();
            return;
        }

        if (_end >= MaxEntries)
        {
            throw new InvalidOperationException("a header map holds more headers than any codec allows");
        }

        Array.Resize(ref _entries, Math.Min(2 * _entries.Length, MaxEntries));
    }

    private void Compact()
    {
        Array.Clear(_first);
        int to = 0;
        for (int i = 0; i < _end; i++)
        {
            if (_entries[i].IsRemoved)
            {
                continue;
            }

            Entry entry = _entries[i];
            _entries[to++] = entry;
            if (entry.Known != KnownHeader.None && _first[(int)entry.Known] == 0)
            {
                _first[(int)entry.Known] = (ushort)to;
            }
        }

        _end = to;
    }

    private int RemoveFrom(int index, KnownHeader known, ReadOnlySpan<byte> name)
    {
        int removed = 0;
        while ((index = NextSame(index, known, name)) >= 0)
        {
            RemoveEntry(index++);
            removed++;
        }

        return removed;
    }

    private void RemoveEntry(int index)
    {
        ref Entry entry = ref _entries[index];
        KnownHeader known = entry.Known;
        Count--;
        ByteSize -= entry.NameLength + entry.ValueLength;
        entry.Known = KnownHeader.None;
        entry.IsRemoved = true;
        if (known != KnownHeader.None && _first[(int)known] == index + 1)
        {
            _first[(int)known] = (ushort)(_hasDuplicates ? NextSame(index + 1, known, default) + 1 : 0);
        }

        if (index == _end - 1)
        {
            _end--;
        }
    }

    /// <summary>One header: where its bytes lie in the arena. Known names are not stored.</summary>
    private struct Entry
    {
        internal int NameStart;
        internal int NameLength;
        internal int ValueStart;
        internal int ValueLength;
        internal KnownHeader Known;
        internal bool IsRemoved;
    }

    /// <summary>Walks the headers in order.</summary>
    public ref struct Enumerator
    {
        private readonly HeaderMap _map;
        private int _index;

        internal Enumerator(HeaderMap map)
        {
            _map = map;
            _index = -1;
        }

        /// <summary>The header walked to.</summary>
        public readonly HeaderField Current => _map.FieldAt(_index);

        /// <summary>Walks to the next header.</summary>
        public bool MoveNext()
        {
            int index = _index + 1;
            while (index < _map._end && _map._entries[index].IsRemoved)
            {
                index++;
            }

            _index = index;
            return index < _map._end;
        }

        /// <summary>Removes the header walked to; the walk goes on behind it.</summary>
        public readonly void RemoveCurrent() => _map.RemoveEntry(_index);
    }
}
