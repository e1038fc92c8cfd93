namespace Nuncio.Core.Listeners.Matching;

/// <summary>A matcher's action: the chain of a name.</summary>
/// <param name="Place">Its place in the listener's list, or <see cref="FilterChainSelector.Missing"/>.</param>
public sealed record NamedFilterChain(int Place);
