namespace Nuncio.Core.Overload;

/// <summary>Tells how much of one resource is used. One per configured monitor.</summary>
/// <remarks>Owner: main thread; read once per refresh, so it may read a small file, and nothing that can block for long.</remarks>
public abstract class ResourceMonitor
{
    /// <summary>
    /// What share of the resource is used: 0 to 1, and more where it is over its limit. False when it cannot be told, with the reason.
    /// </summary>
    public abstract bool TryRead(out double pressure, out string? error);

    /// <summary>Called once before the first reading: the connections of the process, for a monitor that is about them.</summary>
    public virtual void Attach(GlobalConnections connections)
    {
    }
}
