namespace Nuncio.Server.HotRestart;

/// <summary>The command line of <c>nuncio upgrade</c>, read. Immutable.</summary>
internal sealed record UpgradeOptions
{
    /// <summary><c>--base-id</c>: which instance.</summary>
    internal uint BaseId { get; init; }

    /// <summary><c>--socket-path</c> that the instance was started with.</summary>
    internal string SocketPath { get; init; } = "@envoy_domain_socket";

    /// <summary><c>-c</c>: another configuration file for the new process; null keeps the old one's.</summary>
    internal string? ConfigPath { get; init; }

    /// <summary><c>--timeout-s</c>: how long the new process may take until it serves.</summary>
    internal TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Everything after <c>--</c>: more arguments for the new process.</summary>
    internal IReadOnlyList<string> MoreArguments { get; init; } = [];
}
