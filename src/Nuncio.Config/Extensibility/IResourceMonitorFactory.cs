using Google.Protobuf;
using Nuncio.Config.Errors;
using Nuncio.Core.Overload;

namespace Nuncio.Config.Extensibility;

/// <summary>Makes a resource monitor from its configuration.</summary>
public interface IResourceMonitorFactory : IExtensionFactory
{
    /// <summary>
    /// Wire message (of <see cref="IExtensionFactory.ConfigType"/>) to monitor. Every error goes to <paramref name="scope"/>;
    /// null only after an error.
    /// </summary>
    ResourceMonitor? Create(IMessage message, FactoryContext context, ConfigScope scope);
}
