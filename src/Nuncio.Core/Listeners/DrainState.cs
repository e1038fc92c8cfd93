namespace Nuncio.Core.Listeners;

/// <summary>
/// Whether a listener is draining: responses then say <c>connection: close</c>. Written by the main thread, read by workers.
/// </summary>
public sealed class DrainState
{
    private volatile bool _draining;

    /// <summary>Whether clients are being told to go away.</summary>
    public bool IsDraining => _draining;

    /// <summary>Begins; there is no way back except <see cref="Resume"/> of a health check turned good again.</summary>
    public void Begin() => _draining = true;

    /// <summary>Ends a drain that was only a failed health check.</summary>
    public void Resume() => _draining = false;
}
