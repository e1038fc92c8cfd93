using Nuncio.Core.Streams;

namespace Nuncio.Core.Listeners;

/// <summary>What is known of a connection before its filters run.</summary>
/// <param name="Info">Addresses, filter chain, what listener filters found.</param>
/// <param name="Drainables">Where the connection's protocol reports to be drained.</param>
public readonly record struct AcceptedConnection(ConnectionInfo Info, IDrainables Drainables);
