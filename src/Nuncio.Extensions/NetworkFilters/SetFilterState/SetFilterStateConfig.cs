using Nuncio.Core.Formatting;

namespace Nuncio.Extensions.NetworkFilters.SetFilterState;

/// <summary>What is put into the filter state of connections; immutable. Envoy: <c>network.set_filter_state.v3.Config</c>.</summary>
/// <param name="OnNewConnection"><c>on_new_connection</c>, in order.</param>
/// <param name="OnHandshake"><c>on_downstream_tls_handshake</c>, in order; of a plain connection set when it is new.</param>
public sealed record SetFilterStateConfig(FilterStateAssignment[] OnNewConnection, FilterStateAssignment[] OnHandshake);
