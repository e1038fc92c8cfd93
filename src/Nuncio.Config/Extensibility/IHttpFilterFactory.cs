using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;
using Nuncio.Core.HttpFilters;

namespace Nuncio.Config.Extensibility;

/// <summary>Makes an HTTP filter from its configuration.</summary>
public interface IHttpFilterFactory : IExtensionFactory
{
    /// <summary>The message that configures it on a route, virtual host or route configuration; null when it has none.</summary>
    MessageDescriptor? RouteConfigType => null;

    /// <summary>
    /// Wire message (of <see cref="IExtensionFactory.ConfigType"/>) to provider. Every error goes to <paramref name="scope"/>;
    /// null only after an error.
    /// </summary>
    HttpFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope);

    /// <summary>
    /// Wire message (of <see cref="RouteConfigType"/>) to what the filter finds as its route configuration; null only after an error.
    /// </summary>
    object? CreateRouteConfig(IMessage message, FactoryContext context, ConfigScope scope) => null;
}
