namespace Nuncio.Extensions.ListenerFilters.OriginalSrc;

/// <summary>How upstream connections are made in the client's name; immutable. Envoy: <c>original_src.v3.OriginalSrc</c>.</summary>
/// <param name="Mark"><c>mark</c>: SO_MARK of upstream sockets, by which the answers are routed back; 0 sets none.</param>
public sealed record OriginalSrcConfig(uint Mark);
