using Google.Protobuf;
using Nuncio.Config.Errors;
using Nuncio.Core.ListenerFilters;

namespace Nuncio.Config.Extensibility;

/// <summary>Makes a listener filter from its configuration.</summary>
public interface IListenerFilterFactory : IExtensionFactory
{
    /// <summary>
    /// Wire message (of <see cref="IExtensionFactory.ConfigType"/>) to provider. Every error goes to <paramref name="scope"/>;
    /// null only after an error.
    /// </summary>
    ListenerFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope);
}
