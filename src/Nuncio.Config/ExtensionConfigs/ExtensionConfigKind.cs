using Google.Protobuf;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.HttpFilters;
using Nuncio.Core.ListenerFilters;
using Nuncio.Core.NetworkFilters;

namespace Nuncio.Config.ExtensionConfigs;

/// <summary>A kind of filter that can have its configuration discovered. Immutable.</summary>
/// <param name="StatName">The kind in names of statistics.</param>
/// <param name="Create">Asks a factory.</param>
/// <param name="IsTerminal">Whether a filter ends its chain; null where chains have no end.</param>
public sealed record ExtensionConfigKind<TFactory, TProvider>(
    string StatName, Func<TFactory, IMessage, FactoryContext, ConfigScope, TProvider?> Create, Func<TProvider, bool>? IsTerminal)
    where TFactory : class, IExtensionFactory
    where TProvider : class;

/// <summary>The kinds there are. Immutable, any thread.</summary>
public static class ExtensionConfigKinds
{
    /// <summary><c>listener_filters</c>.</summary>
    public static readonly ExtensionConfigKind<IListenerFilterFactory, ListenerFilterProvider> ListenerFilter =
        new("tcp_listener_filter", static (factory, message, context, scope) => factory.Create(message, context, scope), IsTerminal: null);

    /// <summary><c>filters</c> of a filter chain.</summary>
    public static readonly ExtensionConfigKind<INetworkFilterFactory, NetworkFilterProvider> NetworkFilter =
        new("network_filter", static (factory, message, context, scope) => factory.Create(message, context, scope), static provider => provider.IsTerminal);

    /// <summary><c>http_filters</c>.</summary>
    public static readonly ExtensionConfigKind<IHttpFilterFactory, HttpFilterProvider> HttpFilter =
        new("http_filter", static (factory, message, context, scope) => factory.Create(message, context, scope), static provider => provider.IsTerminal);
}
