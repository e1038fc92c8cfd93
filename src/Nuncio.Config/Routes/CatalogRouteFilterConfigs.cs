using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;

namespace Nuncio.Config.Routes;

/// <summary>Makes filters' route configuration with the extensions of this process. Main thread.</summary>
public sealed class CatalogRouteFilterConfigs(FactoryContext factories) : IRouteFilterConfigs
{
    /// <inheritdoc/>
    public bool Knows(string filterName, Any config)
    {
        var nowhere = new ConfigScope(new ConfigErrors(), new SourceMap("", []));
        return factories.Extensions.ResolveRouteConfig(config, filterName, nowhere, out _) is not null;
    }

    /// <inheritdoc/>
    public object? Create(string filterName, Any config, ConfigScope scope)
    {
        IHttpFilterFactory? factory = factories.Extensions.ResolveRouteConfig(config, filterName, scope, out IMessage? message);
        return factory is null || message is null ? null : factory.CreateRouteConfig(message, factories, scope);
    }
}
