using Nuncio.Core.Streams;

namespace Nuncio.Core.Listeners.Matching;

/// <summary>
/// Chooses the filter chain of a connection once its listener filters are done: by <c>filter_chain_match</c>
/// (<see cref="FilterChainIndex"/>) or by <c>filter_chain_matcher</c> (<see cref="FilterChainMatcher"/>).
/// </summary>
/// <remarks>Made when the listener's configuration is converted; immutable, shared by all workers.</remarks>
public abstract class FilterChainSelector
{
    /// <summary>No chain matches: the default chain, where there is one.</summary>
    public const int Default = -1;

    /// <summary>A chain was named that is not there: the connection ends, even with a default chain (Envoy).</summary>
    public const int Missing = -2;

    /// <summary>The place of the chain in the listener's list, or <see cref="Default"/> or <see cref="Missing"/>.</summary>
    public abstract int Select(ConnectionInfo info);

    /// <summary>Whether it looks at the local address, which the system has to be asked for on a wildcard listener.</summary>
    public virtual bool NeedsLocalAddress => true;
}
