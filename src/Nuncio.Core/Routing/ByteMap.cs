using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nuncio.Core.Routing;

/// <summary>
/// Values by byte strings, asked with a span of a request's bytes. Open addressing, filled once while a table is built; any thread
/// afterwards. The hash is not keyed: all keys are an operator's, and what a client asks for walks no further than the longest
/// run of occupied places, at half load.
/// </summary>
internal sealed class ByteMap<T>
    where T : class
{
    private readonly Entry[] _entries;
    private readonly int _mask;
    private int _count;
    private int _maxLength;

    /// <summary>A map for this many keys.</summary>
    internal ByteMap(int capacity)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2 * capacity, 4));
        _entries = new Entry[size];
        _mask = size - 1;
    }

    /// <summary>Adds a key; false when it is there.</summary>
    internal bool TryAdd(byte[] key, T value)
    {
        Debug.Assert(2 * (_count + 1) <= _entries.Length);
        uint hash = Hash(key);
        int at = (int)(hash & (uint)_mask);
        while (_entries[at].Value is not null)
        {
            if (_entries[at].Hash == hash && _entries[at].Key.AsSpan().SequenceEqual(key))
            {
                return false;
            }

            at = (at + 1) & _mask;
        }

        _entries[at] = new Entry { Hash = hash, Key = key, Value = value };
        _count++;
        _maxLength = Math.Max(_maxLength, key.Length);
        return true;
    }

    /// <summary>The value of a key, or null.</summary>
    internal T? Find(ReadOnlySpan<byte> key)
    {
        // A client may send a key of any length; no need to hash one that cannot be there.
        if (key.Length > _maxLength || _count == 0)
        {
            return null;
        }

        uint hash = Hash(key);
        int at = (int)(hash & (uint)_mask);
        while (true)
        {
            ref Entry entry = ref _entries[at];
            if (entry.Value is null)
            {
                return null;
            }

            if (entry.Hash == hash && entry.Key.AsSpan().SequenceEqual(key))
            {
                return entry.Value;
            }

            at = (at + 1) & _mask;
        }
    }

    private static uint Hash(ReadOnlySpan<byte> key)
    {
        const ulong Odd = 0x9E3779B97F4A7C15;
        ulong hash = (ulong)key.Length * Odd;
        while (key.Length >= 8)
        {
            hash = Mix(hash ^ MemoryMarshal.Read<ulong>(key));
            key = key[8..];
        }

        ulong rest = 0;
        foreach (byte b in key)
        {
            rest = (rest << 8) | b;
        }

        return (uint)(Mix(hash ^ rest) >> 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong value)
    {
        ulong high = Math.BigMul(value, 0xD6E8FEB86659FD93, out ulong low);
        return high ^ low;
    }

    private struct Entry
    {
        internal uint Hash;
        internal byte[] Key;
        internal T? Value;
    }
}
