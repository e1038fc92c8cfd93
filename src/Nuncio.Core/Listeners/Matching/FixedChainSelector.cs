using Nuncio.Core.Streams;

namespace Nuncio.Core.Listeners.Matching;

/// <summary>All connections take the same chain. Immutable; any worker.</summary>
/// <param name="index">Its place in the listener's list, or <see cref="FilterChainSelector.Default"/>.</param>
public sealed class FixedChainSelector(int index) : FilterChainSelector
{
    /// <inheritdoc/>
    public override bool NeedsLocalAddress => false;

    /// <inheritdoc/>
    public override int Select(ConnectionInfo info) => index;
}
