using Google.Protobuf;
using Nuncio.Config.Errors;
using Nuncio.Core.NetworkFilters;

namespace Nuncio.Config.Extensibility;

/// <summary>Makes a network (L4) filter from its configuration.</summary>
public interface INetworkFilterFactory : IExtensionFactory
{
    /// <summary>
    /// Wire message (of <see cref="IExtensionFactory.ConfigType"/>) to provider. Every error goes to <paramref name="scope"/>;
    /// null only after an error.
    /// </summary>
    NetworkFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope);
}
