using Nuncio.Core.Listeners.Matching;

namespace Nuncio.Core.Listeners;

/// <summary>A filter chain as all workers share it. Immutable but for its drain state; made by the main thread.</summary>
internal sealed record PublishedChain(FilterChainConfig Config, DrainState Drain);

/// <summary>The filter chains of a listener as all workers share them; replaced as a whole.</summary>
internal sealed record ChainSet(IReadOnlyList<PublishedChain> Chains, PublishedChain? Default, FilterChainSelector Selector)
{
    /// <summary>All chains, the default one last.</summary>
    internal IReadOnlyList<PublishedChain> All => Default is null ? Chains : [.. Chains, Default];
}

/// <summary>
/// One version of a listener as all workers share it: what the main thread hands to each of them.
/// </summary>
/// <remarks>Made by the main thread, which alone changes <see cref="Config"/> and <see cref="Chains"/> (workers get those by message).</remarks>
internal sealed class PublishedListener(ListenerConfig config, DrainState drain, IReadOnlyList<BoundAddress> sockets)
{
    /// <summary>The newest configuration.</summary>
    internal ListenerConfig Config { get; set; } = config;

    /// <summary>Drains all chains.</summary>
    internal DrainState Drain { get; } = drain;

    /// <summary>Its addresses; none without bind_to_port.</summary>
    internal IReadOnlyList<BoundAddress> Sockets { get; } = sockets;

    /// <summary>Its chains.</summary>
    internal required ChainSet Chains { get; set; }

    /// <summary>When it got <see cref="Config"/>.</summary>
    internal required long UpdatedAtUtcTicks { get; set; }

    /// <summary>How many connections it may have; shared by all versions of the listener.</summary>
    internal required ConnectionLimit Limit { get; init; }

    /// <summary>Spreads connections over workers; null leaves them where they were accepted.</summary>
    internal ConnectionBalancer? Balancer { get; init; }
}
