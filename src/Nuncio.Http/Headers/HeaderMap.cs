using System.Buffers.Text;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Nuncio.Base.Diagnostics;
using Nuncio.Http.Http1;

namespace Nuncio.Http.Headers;

/// <summary>
/// The headers of one message: names and values copied into bytes of the map's own, in the order they came, names always in
/// lower case. Known headers are found by index.
/// </summary>
/// <remarks>
/// Owner: one worker. Made by its <see cref="HeaderMapPool"/>, which takes it back from whoever holds it last. A span taken from
/// the map stays valid and unchanged until <see cref="Clear"/> (or the return to the pool), whatever is added or removed
/// meanwhile: values may be copied from the map into itself. Invariant: no value contains CR, LF or NUL, no name is anything but
/// a token (RFC 9110 section 5.6.2) or a pseudo header. Adding while enumerating is not allowed; removing is.
/// </remarks>
public sealed partial class HeaderMap
{
    private const int BaseEntries = 32;

    /// <summary>The index of known headers holds 16 bits; codecs allow far fewer.</summary>
    private const int MaxEntries = ushort.MaxValue - 1;

    internal readonly HeaderMapPool Pool;
    internal HeaderMap? NextFree;
    internal bool IsRented;

    private readonly ushort[] _first = new ushort[KnownHeaders.Count]; // Index of the first entry + 1; 0 is absent.
    private HeaderArena _arena;
    private HeaderSpelling? _spelling;
    private bool _isSpelt;
    private Entry[] _entries = new Entry[BaseEntries];
    private int _end;             // Entries in use, the removed ones included.
    private bool _hasDuplicates;  // Whether some known header was ever added twice: else removal need not search.

    internal HeaderMap(HeaderMapPool pool)
    {
        Pool = pool;
        _arena = new HeaderArena(GC.AllocateUninitializedArray<byte>(HeaderArena.BaseSize));
    }

    /// <summary>How the peer spelt the names; null when nobody asked to preserve that.</summary>
    internal HeaderSpelling? Spelling => _isSpelt ? _spelling : null;

    /// <summary>Headers held.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of all names and values, as Envoy counts the size of headers.</summary>
    public int ByteSize { get; private set; }

    /// <summary>Whether the header is there.</summary>
    public bool Has(KnownHeader header) => _first[(int)header] != 0;

    /// <summary>Whether a header of this lower-case name is there.</summary>
    public bool Has(ReadOnlySpan<byte> lowerCaseName) => FindFirst(lowerCaseName) >= 0;

    /// <summary>The first value; empty when the header is absent.</summary>
    public ReadOnlySpan<byte> Get(KnownHeader header)
    {
        int index = _first[(int)header];
        return index == 0 ? default : ValueOf(_entries[index - 1]);
    }

    /// <summary>The first value.</summary>
    public bool TryGet(KnownHeader header, out ReadOnlySpan<byte> value)
    {
        int index = _first[(int)header];
        value = index == 0 ? default : ValueOf(_entries[index - 1]);
        return index != 0;
    }

    /// <summary>The first value of the header with this lower-case name.</summary>
    public bool TryGet(ReadOnlySpan<byte> lowerCaseName, out ReadOnlySpan<byte> value)
    {
        int index = FindFirst(lowerCaseName);
        value = index < 0 ? default : ValueOf(_entries[index]);
        return index >= 0;
    }

    /// <summary>All values of a header, in order; for <c>foreach</c>.</summary>
    public HeaderValues GetAll(KnownHeader header) => new(this, header, default, _first[(int)header] - 1);

    /// <summary>All values of the header with this lower-case name, in order; for <c>foreach</c>.</summary>
    public HeaderValues GetAll(ReadOnlySpan<byte> lowerCaseName)
    {
        KnownHeader known = KnownHeaders.Find(lowerCaseName);
        return known != KnownHeader.None ? GetAll(known) : new HeaderValues(this, known, lowerCaseName, FindFirst(lowerCaseName));
    }

    /// <summary>The value, or all values joined with a comma when there are several; false when the header is absent.</summary>
    public bool TryGetJoined(KnownHeader header, out ReadOnlySpan<byte> value)
    {
        if (!_hasDuplicates)
        {
            return TryGet(header, out value);
        }

        return TryJoin(GetAll(header), out value);
    }

    /// <summary>The value, or all values joined with a comma when there are several; false when the header is absent.</summary>
    public bool TryGetJoined(ReadOnlySpan<byte> lowerCaseName, out ReadOnlySpan<byte> value) =>
        TryJoin(GetAll(lowerCaseName), out value);

    /// <summary>The first value as a decimal number without sign; false when absent or anything else.</summary>
    public bool TryGetNumber(KnownHeader header, out long number)
    {
        ReadOnlySpan<byte> value = Get(header);
        number = 0;
        return !value.IsEmpty && value[0] is >= (byte)'0' and <= (byte)'9'
            && Utf8Parser.TryParse(value, out number, out int used) && used == value.Length;
    }

    /// <summary>Adds a header behind the others.</summary>
    public void Add(KnownHeader header, ReadOnlySpan<byte> value)
    {
        Debug.Assert(header != KnownHeader.None);
        int start = StoreValue(value);
        Push(header, 0, KnownHeaders.Name(header).Length, start, value.Length);
    }

    /// <summary>Adds a header behind the others; the name is lower-cased.</summary>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        EnsureRoom(name.Length + value.Length);
        int nameStart = _arena.Used;
        Span<byte> lower = _arena.Bytes.AsSpan(nameStart, name.Length);
        if (!HeaderName.TryLower(name, lower))
        {
            Bug.Report("a header name that is not a token was added");
            return;
        }

        KnownHeader known = KnownHeaders.Find(lower);
        if (known == KnownHeader.None)
        {
            _arena.Used += name.Length;
        }

        int start = StoreValue(value);
        Push(known, nameStart, name.Length, start, value.Length);
    }

    /// <summary>Adds a header with a decimal number as value.</summary>
    public void AddNumber(KnownHeader header, long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out int length);
        Add(header, digits[..length]);
    }

    /// <summary>Gives the header this one value: in the place of the first, the others are removed; or adds it.</summary>
    public void Set(KnownHeader header, ReadOnlySpan<byte> value)
    {
        int index = _first[(int)header] - 1;
        if (index < 0)
        {
            Add(header, value);
            return;
        }

        Replace(ref _entries[index], value);
        if (_hasDuplicates)
        {
            RemoveFrom(index + 1, header, default);
        }
    }

    /// <summary>Gives the header this one value: in the place of the first, the others are removed; or adds it.</summary>
    public void Set(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Span<byte> room = stackalloc byte[HeaderName.StackLimit];
        if (name.Length > room.Length || !HeaderName.TryLower(name, room))
        {
            SetSlow(name, value);
            return;
        }

        SetLower(room[..name.Length], value);
    }

    /// <summary>Gives the header one decimal number as value.</summary>
    public void SetNumber(KnownHeader header, long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out int length);
        Set(header, digits[..length]);
    }

    /// <summary>Joins a value to the first one of the header, or adds it when the header is absent or empty.</summary>
    public void Append(KnownHeader header, ReadOnlySpan<byte> value, ReadOnlySpan<byte> separator)
    {
        int index = _first[(int)header] - 1;
        if (index < 0)
        {
            Add(header, value);
            return;
        }

        AppendTo(index, value, separator);
    }

    /// <summary>Joins a value to the first one of the header, or adds it when the header is absent or empty.</summary>
    public void Append(ReadOnlySpan<byte> lowerCaseName, ReadOnlySpan<byte> value, ReadOnlySpan<byte> separator)
    {
        int index = FindFirst(lowerCaseName);
        if (index < 0)
        {
            Add(lowerCaseName, value);
            return;
        }

        AppendTo(index, value, separator);
    }

    /// <summary>Removes all headers of this kind; returns how many there were.</summary>
    public int Remove(KnownHeader header)
    {
        int index = _first[(int)header] - 1;
        if (index < 0)
        {
            return 0;
        }

        if (_hasDuplicates)
        {
            return RemoveFrom(index, header, default);
        }

        RemoveEntry(index);
        return 1;
    }

    /// <summary>Removes all headers of this lower-case name; returns how many there were.</summary>
    public int Remove(ReadOnlySpan<byte> lowerCaseName)
    {
        KnownHeader known = KnownHeaders.Find(lowerCaseName);
        return known != KnownHeader.None ? Remove(known) : RemoveFrom(0, known, lowerCaseName);
    }

    /// <summary>Removes all headers whose lower-case name begins so; returns how many there were.</summary>
    public int RemovePrefix(ReadOnlySpan<byte> lowerCasePrefix)
    {
        int removed = 0;
        for (int i = 0; i < _end; i++)
        {
            if (!_entries[i].IsRemoved && NameOf(_entries[i]).StartsWith(lowerCasePrefix))
            {
                RemoveEntry(i);
                removed++;
            }
        }

        return removed;
    }

    /// <summary>Removes all headers that a static predicate picks; returns how many there were.</summary>
    public int RemoveWhere<TState>(TState state, HeaderPredicate<TState> predicate)
        where TState : allows ref struct
    {
        int removed = 0;
        for (int i = 0; i < _end; i++)
        {
            if (!_entries[i].IsRemoved && predicate(state, FieldAt(i)))
            {
                RemoveEntry(i);
                removed++;
            }
        }

        return removed;
    }

    /// <summary>The status of a response; 0 when absent or not three digits.</summary>
    public int GetStatus()
    {
        ReadOnlySpan<byte> value = Get(KnownHeader.Status);
        if (value.Length != 3)
        {
            return 0;
        }

        int a = value[0] - '0', b = value[1] - '0', c = value[2] - '0';
        return (uint)a <= 9 && (uint)b <= 9 && (uint)c <= 9 ? (a * 100) + (b * 10) + c : 0;
    }

    /// <summary>Sets the status of a response.</summary>
    public void SetStatus(int status)
    {
        Debug.Assert(status is >= 100 and <= 999);
        Span<byte> digits = [(byte)('0' + (status / 100)), (byte)('0' + (status / 10 % 10)), (byte)('0' + (status % 10))];
        Set(KnownHeader.Status, digits);
    }

    /// <summary>Adds all headers to another map.</summary>
    public void CopyTo(HeaderMap other)
    {
        other.EnsureRoom(ByteSize);
        foreach (HeaderField field in this)
        {
            int nameStart = 0;
            if (field.Known == KnownHeader.None)
            {
                nameStart = other.StoreTrusted(field.Name);
            }

            int valueStart = other.StoreTrusted(field.Value);
            other.Push(field.Known, nameStart, field.Name.Length, valueStart, field.Value.Length);
        }
    }

    /// <summary>Removes everything. Spans taken from the map are no longer valid.</summary>
    public void Clear()
    {
        Array.Clear(_first);
        _arena.Reset(Pool);
        _end = 0;
        Count = 0;
        ByteSize = 0;
        _hasDuplicates = false;
        _isSpelt = false;
        if (_entries.Length > 8 * BaseEntries)
        {
            _entries = new Entry[BaseEntries];
        }
    }

    /// <summary>Enumerates the headers in order.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Whether some known header may be there more than once.</summary>
    internal bool MayHaveDuplicates => _hasDuplicates;

    /// <summary>
    /// For decoders: makes room for a whole message head at once, so that <see cref="Tail"/> may be written without checks.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void EnsureRoom(int bytes)
    {
        if (!_arena.HasRoom(bytes))
        {
            MakeRoom(bytes);
        }
    }

    /// <summary>For decoders that preserve case: the names that follow are remembered as they came.</summary>
    internal HeaderSpelling BeginSpelling(bool capitalisesOthers)
    {
        _spelling ??= new HeaderSpelling();
        _spelling.Begin(capitalisesOthers);
        _isSpelt = true;
        return _spelling;
    }

    /// <summary>For decoders: where the next bytes go; <see cref="HeaderArena.Slack"/> bytes beyond the room asked for are writable.</summary>
    internal ref byte Tail
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _arena.Bytes[_arena.Used];
    }

    /// <summary>
    /// For decoders: adds a header whose lower-case, valid name was written at <see cref="Tail"/>. The value was checked by the
    /// decoder too; <see cref="EnsureRoom"/> covered both.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void AddDecoded(KnownHeader known, int nameLength, ReadOnlySpan<byte> value)
    {
        int nameStart = _arena.Used;
        if (known == KnownHeader.None)
        {
            _arena.Used = nameStart + nameLength;
        }

        int valueStart = _arena.Used;
        value.CopyTo(_arena.Bytes.AsSpan(valueStart));
        _arena.Used = valueStart + value.Length;
        Push(known, nameStart, known == KnownHeader.None ? nameLength : KnownHeaders.Name(known).Length, valueStart, value.Length);
    }

    /// <summary>
    /// As <see cref="AddDecoded"/>, for a value that was not checked yet: false, and nothing added, when it contains a control
    /// character.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryAddDecoded(KnownHeader known, int nameLength, ReadOnlySpan<byte> value)
    {
        int nameStart = _arena.Used;
        int valueStart = known == KnownHeader.None ? nameStart + nameLength : nameStart;
        if (!FieldScanner.TryCopyValue(value, ref _arena.Bytes[valueStart]))
        {
            return false;
        }

        _arena.Used = valueStart + value.Length;
        Push(known, nameStart, nameLength, valueStart, value.Length);
        return true;
    }

    internal int NextSame(int index, KnownHeader known, ReadOnlySpan<byte> name)
    {
        for (int i = index; i < _end; i++)
        {
            ref Entry entry = ref _entries[i];
            if (entry.Known == known && (known != KnownHeader.None || (!entry.IsRemoved && NameOf(entry).SequenceEqual(name))))
            {
                return i;
            }
        }

        return -1;
    }

    internal ReadOnlySpan<byte> ValueAt(int index) => ValueOf(_entries[index]);

    private int FindFirst(ReadOnlySpan<byte> lowerCaseName)
    {
        KnownHeader known = KnownHeaders.Find(lowerCaseName);
        return known != KnownHeader.None ? _first[(int)known] - 1 : NextSame(0, known, lowerCaseName);
    }

    private HeaderField FieldAt(int index)
    {
        ref Entry entry = ref _entries[index];
        return new HeaderField(entry.Known, NameOf(entry), ValueOf(entry));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> ValueOf(in Entry entry) => new(_arena.Bytes, entry.ValueStart, entry.ValueLength);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> NameOf(in Entry entry) =>
        entry.Known != KnownHeader.None ? KnownHeaders.Name(entry.Known) : new(_arena.Bytes, entry.NameStart, entry.NameLength);

    private bool TryJoin(HeaderValues values, out ReadOnlySpan<byte> value)
    {
        if (!values.MoveNext())
        {
            value = default;
            return false;
        }

        value = values.Current;
        while (values.MoveNext())
        {
            // Each round extends the joined bytes in place: they are the last in the arena after the first round.
            ReadOnlySpan<byte> next = values.Current;
            int start = JoinInArena(value, ","u8, next);
            value = _arena.Bytes.AsSpan(start, _arena.Used - start);
        }

        return true;
    }

    private int JoinInArena(ReadOnlySpan<byte> first, ReadOnlySpan<byte> separator, ReadOnlySpan<byte> second)
    {
        EnsureRoom(first.Length + separator.Length + second.Length);
        int start = _arena.Used;
        ref byte end = ref _arena.Bytes[start];
        if (!first.IsEmpty && Unsafe.AreSame(ref Unsafe.Add(ref Unsafe.AsRef(in first[0]), first.Length), ref end))
        {
            start -= first.Length;
        }
        else
        {
            StoreTrusted(first);
        }

        StoreTrusted(separator);
        StoreTrusted(second);
        return start;
    }
}
