using System.Runtime.CompilerServices;

namespace Nuncio.Http.Headers;

/// <summary>
/// The bytes of one header map: written at the end only, never moved from under a reader. Growing copies into an array of twice
/// the size and keeps the old one until <see cref="Reset"/>, so that a span taken before stays true; compacting leaves the old ones to
/// the garbage collector, for the same reason.
/// </summary>
/// <remarks>Owner: its map, hence one worker. Arrays come from and go back to the worker's <see cref="HeaderMapPool"/>.</remarks>
internal struct HeaderArena
{
    /// <summary>Readable and writable bytes kept behind the last byte handed out, so that whole vectors may be stored there.</summary>
    internal const int Slack = 32;

    /// <summary>Size of the array that a pooled map keeps: a usual request with what the proxy adds to it.</summary>
    internal const int BaseSize = 1024;

    /// <summary>From here on bytes that nobody uses are worth a copy of the others.</summary>
    internal const int CompactsFrom = 64 * 1024;

    /// <summary>A guard against bugs, far above what the codecs' limits (8 MiB at most) allow.</summary>
    private const int MaxSize = 64 * 1024 * 1024;

    internal byte[] Bytes;
    internal int Used;
    private byte[][]? _retired;
    private int _retiredCount;

    internal HeaderArena(byte[] bytes) => Bytes = bytes;

    /// <summary>Whether <paramref name="count"/> more bytes, and the slack, fit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly bool HasRoom(int count) => Bytes.Length - Used - Slack >= count;

    /// <summary>Adds bytes for which there is room; returns where they begin.</summary>
    internal int Append(ReadOnlySpan<byte> bytes)
    {
        int start = Used;
        bytes.CopyTo(Bytes.AsSpan(start));
        Used = start + bytes.Length;
        return start;
    }

    /// <summary>
    /// Begins anew in another array, into which the map copies what it still uses. Only the base array stays with the arena: the others
    /// may be looked at by spans taken before, so that they can go to nobody else.
    /// </summary>
    internal void BeginCompact(int needed, HeaderMapPool pool)
    {
        Bytes = pool.RentArray(Math.Max(2 * (needed + Slack), CompactsFrom));
        Used = 0;
        Array.Clear(_retired!, 1, _retiredCount - 1);
        _retiredCount = 1;
    }

    internal void Grow(int count, HeaderMapPool pool)
    {
        long needed = (long)Used + count + Slack;
        if (needed > MaxSize)
        {
            throw new InvalidOperationException("a header map grew beyond any limit that a codec allows");
        }

        byte[] larger = pool.RentArray((int)Math.Max(needed, 2L * Bytes.Length));
        Bytes.AsSpan(0, Used).CopyTo(larger);
        _retired ??= new byte[20][]; // Doubling from BaseSize to MaxSize takes 16 steps.
        _retired[_retiredCount++] = Bytes;
        Bytes = larger;
    }

    /// <summary>Forgets all bytes and gives every array but one of the base size back.</summary>
    internal void Reset(HeaderMapPool pool)
    {
        Used = 0;
        if (_retiredCount == 0)
        {
            return;
        }

        // The first retired array is the base one the map started with.
        pool.ReturnArray(Bytes);
        Bytes = _retired![0];
        for (int i = 1; i < _retiredCount; i++)
        {
            pool.ReturnArray(_retired[i]);
        }

        Array.Clear(_retired, 0, _retiredCount);
        _retiredCount = 0;
    }
}
