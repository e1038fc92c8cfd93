namespace Nuncio.Core.Listeners;

/// <summary>A listener that has its sockets and waits for the rest. Owner: main thread.</summary>
internal sealed class ListenerCandidate(ListenerConfig config)
{
    internal ListenerConfig Config { get; } = config;

    internal List<BoundAddress> Sockets { get; } = [];

    /// <summary>Warm targets that are not ready.</summary>
    internal int Missing { get; set; } = config.WarmTargets.Count;
}
