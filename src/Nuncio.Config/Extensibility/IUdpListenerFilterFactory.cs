using Google.Protobuf;
using Nuncio.Config.Errors;
using Nuncio.Core.Udp;

namespace Nuncio.Config.Extensibility;

/// <summary>Makes the filter of a UDP listener from its configuration.</summary>
public interface IUdpListenerFilterFactory : IExtensionFactory
{
    /// <summary>
    /// Wire message (of <see cref="IExtensionFactory.ConfigType"/>) to provider. Every error goes to <paramref name="scope"/>;
    /// null only after an error.
    /// </summary>
    UdpFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope);
}
