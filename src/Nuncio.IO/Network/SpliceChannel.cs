using Nuncio.IO.Events;

namespace Nuncio.IO.Network;

/// <summary>
/// The pipe through which bytes go from one connection's socket to another's inside the kernel (splice(2)), and what is in it.
/// </summary>
/// <remarks>Owner: the connection that receives the bytes. Filled only when empty, so that "would block" always means the socket.</remarks>
internal sealed class SpliceChannel
{
    /// <summary>Bytes asked for at a time; below what a user may have in all its pipes unprivileged (pipe(7)) for some hundred of them.</summary>
    internal const int Capacity = 256 * 1024;

    /// <summary>Empty pipes kept for the next channel of a dispatcher: making one costs two system calls and as many pages.</summary>
    private const int MaxFreePipes = 64;

    /// <summary>
    /// Pipes of one dispatcher, two descriptors each; whoever comes later copies. Connections must not run out of descriptors because
    /// others are fast.
    /// </summary>
    private const int MaxOpenPipes = 512;

    private readonly Dispatcher _dispatcher;

    private SpliceChannel(Dispatcher dispatcher, Connection target, int readEnd, int writeEnd)
    {
        _dispatcher = dispatcher;
        Target = target;
        ReadEnd = readEnd;
        WriteEnd = writeEnd;
    }

    internal Connection Target { get; }

    internal int ReadEnd { get; }

    internal int WriteEnd { get; }

    /// <summary>Bytes in the pipe.</summary>
    internal int Pending { get; set; }

    /// <summary>Bytes that may still be taken from the source; without limit unless the user gave one.</summary>
    internal long Left { get; set; } = long.MaxValue;

    /// <summary>Who hears of the bytes, if they are counted elsewhere too.</summary>
    internal ISpliceObserver? Observer { get; set; }

    /// <summary>Fillings in a row that were too small to be worth it.</summary>
    internal int SmallFillings { get; set; }

    /// <summary>The source's end was seen, or its failure.</summary>
    internal bool HasEnded { get; set; }

    internal bool HasFailed { get; set; }

    /// <summary>A channel, or null when the system gives no pipe.</summary>
    internal static SpliceChannel? TryOpen(Dispatcher dispatcher, Connection target)
    {
        if (dispatcher.FreePipes.TryPop(out (int ReadEnd, int WriteEnd) pipe))
        {
            return new SpliceChannel(dispatcher, target, pipe.ReadEnd, pipe.WriteEnd);
        }

        if (dispatcher.OpenPipes >= MaxOpenPipes || dispatcher.Sockets.Pipe(out int readEnd, out int writeEnd, Capacity) < 0)
        {
            return null;
        }

        dispatcher.OpenPipes++;
        return new SpliceChannel(dispatcher, target, readEnd, writeEnd);
    }

    internal void Close()
    {
        if (Pending == 0 && _dispatcher.FreePipes.Count < MaxFreePipes)
        {
            _dispatcher.FreePipes.Push((ReadEnd, WriteEnd));
            return;
        }

        _dispatcher.OpenPipes--;
        _dispatcher.Sockets.Close(ReadEnd);
        _dispatcher.Sockets.Close(WriteEnd);
    }
}
