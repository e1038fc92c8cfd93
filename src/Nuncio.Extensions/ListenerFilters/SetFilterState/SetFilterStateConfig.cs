using Nuncio.Core.Formatting;

namespace Nuncio.Extensions.ListenerFilters.SetFilterState;

/// <summary>What is put into the filter state of accepted sockets; immutable. Envoy: <c>listener.set_filter_state.v3.Config</c>.</summary>
/// <param name="OnAccept"><c>on_accept</c>, in order.</param>
public sealed record SetFilterStateConfig(FilterStateAssignment[] OnAccept);
