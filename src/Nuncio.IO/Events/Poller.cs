namespace Nuncio.IO.Events;

/// <summary>
/// Waits for descriptors: edge-triggered, always for readable, writable and peer-closed, registered once and never changed.
/// The seam between the loop and the system: <see cref="EpollPoller"/> in production, the simulated network in tests.
/// </summary>
/// <remarks>Owner: the dispatcher it was given to. Only <see cref="Wake"/> may be called from other threads.</remarks>
public abstract class Poller : IDisposable
{
    /// <summary>Starts watching; the state at this moment is reported as a first event. 0, or a negated error number.</summary>
    public abstract int Add(int fd, ulong token);

    /// <summary>The same for a descriptor whose owner does not care when it can be written to.</summary>
    public virtual int AddForReading(int fd, ulong token) => Add(fd, token);

    /// <summary>Stops watching a descriptor that stays open. (Closing one removes it without this.)</summary>
    public abstract void Remove(int fd);

    /// <summary>
    /// Waits until something happens, <see cref="Wake"/> is called or the time is over; -1 waits forever, 0 not at all.
    /// Returns the number of events written; a wake-up writes none.
    /// </summary>
    public abstract int Wait(Span<PollerEvent> events, long timeoutNanos);

    /// <summary>Ends the current wait, or the next one. Any thread.</summary>
    public abstract void Wake();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the system's resources back.</summary>
    protected abstract void Dispose(bool disposing);
}
