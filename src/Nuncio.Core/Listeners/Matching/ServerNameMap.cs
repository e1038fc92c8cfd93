using System.Diagnostics;
using System.Numerics;

namespace Nuncio.Core.Listeners.Matching;

/// <summary>
/// Values by server name, and by the end of one: a key that begins with a dot stands for all names that end so. Filled once while
/// an index is built; any thread afterwards.
/// </summary>
/// <remarks>
/// A name is hashed from its end, so that one pass over it yields the hash of every ending: what a name costs grows with its
/// length alone, not with its dots. Open addressing, at most half full. The hash is not keyed: all keys are an operator's, and
/// a client's name can only be compared with one where all 32 bits are equal.
/// </remarks>
internal sealed class ServerNameMap<T>
    where T : class
{
    private readonly Entry[] _entries;
    private readonly int _shift;
    private int _count;
    private int _longestEnding;

    /// <summary>A map for this many keys.</summary>
    internal ServerNameMap(int capacity)
    {
        int bits = BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)Math.Max(2 * capacity, 4)));
        _entries = new Entry[1 << bits];
        _shift = 32 - bits;
    }

    /// <summary>Adds a key that is not there yet.</summary>
    internal void Add(string key, T value)
    {
        Debug.Assert(2 * (_count + 1) <= _entries.Length);
        uint hash = 0;
        for (int i = key.Length - 1; i >= 0; i--)
        {
            hash = Step(hash, key[i]);
        }

        uint at = Home(hash);
        while (_entries[at].Value is not null)
        {
            at = Next(at);
        }

        _entries[at] = new Entry { Hash = hash, Key = key, Value = value };
        _count++;
        if (key.StartsWith('.'))
        {
            _longestEnding = Math.Max(_longestEnding, key.Length);
        }
    }

    /// <summary>The value of a name in lower case, else of its longest ending, else null.</summary>
    internal T? Find(string name)
    {
        uint hash = 0;
        T? found = null;
        for (int i = name.Length - 1; i >= 0; i--)
        {
            char c = name[i];
            hash = Step(hash, c);

            // Envoy: a dot at either end of the name begins no ending.
            if (c == '.' && name.Length - i <= _longestEnding && i > 0 && i < name.Length - 1)
            {
                found = Find(hash, name.AsSpan(i)) ?? found;
            }
        }

        return Find(hash, name) ?? found;
    }

    private static uint Step(uint hash, char c) => (hash ^ c) * 0x01000193;

    private T? Find(uint hash, ReadOnlySpan<char> key)
    {
        for (uint at = Home(hash); _entries[at].Value is { } value; at = Next(at))
        {
            if (_entries[at].Hash == hash && key.SequenceEqual(_entries[at].Key))
            {
                return value;
            }
        }

        return null;
    }

    private uint Home(uint hash) => (hash * 0x9E3779B1) >> _shift;

    private uint Next(uint at) => (at + 1) & (uint)(_entries.Length - 1);

    private struct Entry
    {
        internal uint Hash;
        internal string Key;
        internal T? Value;
    }
}
