using Nuncio.IO.Sockets;

namespace Nuncio.Server.HotRestart;

/// <summary>Who this process is among those that replace each other. Immutable; made at start.</summary>
internal sealed record RestartIdentity
{
    /// <summary>Where it listens for the next one.</summary>
    internal required NetworkAddress Name { get; init; }

    /// <summary><c>--base-id</c>, or the one that was chosen.</summary>
    internal required uint BaseId { get; init; }

    /// <summary><c>--restart-epoch</c>.</summary>
    internal required uint Epoch { get; init; }

    /// <summary>How many processes there were, this one included: <c>server.hot_restart_generation</c>.</summary>
    internal required long Generation { get; init; }

    /// <summary>When the process of epoch 0 started, UTC, in <see cref="DateTime.Ticks"/>.</summary>
    internal required long FirstStartTicks { get; init; }
}
