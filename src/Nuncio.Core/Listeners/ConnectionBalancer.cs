namespace Nuncio.Core.Listeners;

/// <summary>
/// Chooses the worker that serves an accepted connection. One per listener, shared by its workers. Envoy:
/// <c>Listener.ConnectionBalanceConfig</c>.
/// </summary>
internal abstract class ConnectionBalancer
{
    /// <summary>A worker takes connections of the listener from now on.</summary>
    internal abstract void Add(ActiveListener listener);

    /// <summary>A worker takes no more.</summary>
    internal abstract void Remove(ActiveListener listener);

    /// <summary>
    /// Who is to have the connection that <paramref name="acceptedBy"/> accepted; it is counted there (<see cref="Released"/> ends that).
    /// </summary>
    internal abstract ActiveListener Pick(ActiveListener acceptedBy);

    /// <summary>A connection comes to this worker that nobody picked it for: another listener handed it over.</summary>
    internal abstract void Came(ActiveListener listener);

    /// <summary>A connection that was given to this worker has ended.</summary>
    internal abstract void Released(ActiveListener listener);
}
