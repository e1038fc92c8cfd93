namespace Nuncio.Core.Listeners;

/// <summary>What is known of a connection before its filters run.</summary>
/// <param name="FilterChainName">Name of the chain chosen; null when it has none.</param>
/// <param name="Drainables">Where the connection's protocol reports to be drained.</param>
public readonly record struct AcceptedConnection(string? FilterChainName, IDrainables Drainables);
