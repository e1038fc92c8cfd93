using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Nuncio.Extensions.ListenerFilters.TlsInspector;

/// <summary>
/// Remembers what was made of byte sequences seen before, so that what most clients send alike is made once. Bounded: a new entry
/// takes the place of the oldest of its few neighbours.
/// </summary>
/// <remarks>
/// Owner: one worker. Begins small and doubles, up to its limit, when entries push each other out. Keys are what clients choose: one
/// who finds keys that collide wins nothing but that his own are made anew.
/// </remarks>
internal sealed class ByteKeyedCache<T>(int limit)
    where T : class
{
    /// <summary>Longer keys are not kept: they are rare, and would make the memory of a full cache large.</summary>
    internal const int LongestKey = 128;

    private const int Ways = 4;
    private const int FirstCapacity = 64;

    private Entry[] _entries = new Entry[Math.Min(FirstCapacity, limit)];
    private int _pushedOut;

    /// <summary>Entries there is room for now.</summary>
    internal int Capacity => _entries.Length;

    /// <summary>What was added with these bytes, if it is still there.</summary>
    internal bool TryGet(ReadOnlySpan<byte> key, [NotNullWhen(true)] out T? value)
    {
        uint hash = Hash(key);
        foreach (ref readonly Entry entry in Neighbours(hash))
        {
            if (entry.Hash == hash && entry.Value is not null && key.SequenceEqual(entry.Key))
            {
                value = entry.Value;
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <summary>Adds what <see cref="TryGet"/> did not find.</summary>
    internal void Add(ReadOnlySpan<byte> key, T value)
    {
        if (key.Length <= LongestKey)
        {
            Insert(new Entry(Hash(key), key.ToArray(), value));
            if (_pushedOut > _entries.Length && _entries.Length < limit)
            {
                Grow();
            }
        }
    }

    private void Insert(in Entry entry)
    {
        // Newest first; what falls off the end is the oldest.
        Span<Entry> neighbours = Neighbours(entry.Hash);
        _pushedOut += neighbours[^1].Value is null ? 0 : 1;
        neighbours[..^1].CopyTo(neighbours[1..]);
        neighbours[0] = entry;
    }

    private void Grow()
    {
        Entry[] before = _entries;
        _entries = new Entry[Math.Min(4 * before.Length, limit)];
        foreach (ref readonly Entry entry in before.AsSpan())
        {
            if (entry.Value is not null)
            {
                Insert(entry);
            }
        }

        _pushedOut = 0;
    }

    private Span<Entry> Neighbours(uint hash) => _entries.AsSpan((int)(hash & (uint)(_entries.Length - 1)) & ~(Ways - 1), Ways);

    private static uint Hash(ReadOnlySpan<byte> key)
    {
        const ulong multiplier = 0x9E3779B97F4A7C15;
        ulong hash = (ulong)key.Length * multiplier;
        while (key.Length >= sizeof(ulong))
        {
            hash = (hash ^ MemoryMarshal.Read<ulong>(key)) * multiplier;
            hash ^= hash >> 32;
            key = key[sizeof(ulong)..];
        }

        foreach (byte one in key)
        {
            hash = (hash ^ one) * multiplier;
        }

        return (uint)(hash >> 32);
    }

    private readonly record struct Entry(uint Hash, byte[] Key, T? Value);
}
