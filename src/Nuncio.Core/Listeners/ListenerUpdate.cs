namespace Nuncio.Core.Listeners;

/// <summary>A change of several listeners that is prepared and not made yet. Owner: main thread; used once.</summary>
public sealed class ListenerUpdate
{
    internal ListenerUpdate(IReadOnlyCollection<string> removed) => Removed = removed;

    /// <summary>Names of listeners that are to go.</summary>
    public IReadOnlyCollection<string> Removed { get; }

    /// <summary>Listeners that cannot be made, and why, in words for the user.</summary>
    public IList<(string Listener, string Error)> Errors { get; } = [];

    internal List<ListenerCandidate> Candidates { get; } = [];
}
