namespace Nuncio.Core.ExtensionConfigs;

/// <summary>
/// The configuration of one filter that is not written where the filter is named but discovered, and may change at any time. Envoy:
/// "Extension configuration", <c>config_discovery</c>.
/// </summary>
/// <remarks>
/// Changed by the main thread, read by every worker: a provider is immutable, so a reference is all there is to hand over, and what began
/// with the last one goes on with it. Once there is a provider there is always one. Lives as long as a listener holds it.
/// </remarks>
/// <typeparam name="TProvider">What filters of this kind are made from.</typeparam>
public abstract class DiscoveredConfig<TProvider>
    where TProvider : class
{
    private volatile TProvider? _current;

    /// <summary>What new sockets, connections or streams get; null while nothing was found and there is no default.</summary>
    public TProvider? Current => _current;

    /// <summary>Main thread: from now on this one.</summary>
    protected void Publish(TProvider provider) => _current = provider;
}
