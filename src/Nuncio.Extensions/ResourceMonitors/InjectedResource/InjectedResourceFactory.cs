using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.Overload;
using Wire = Envoy.Extensions.ResourceMonitors.InjectedResource.V3;

namespace Nuncio.Extensions.ResourceMonitors.InjectedResource;

/// <summary>Wire message to <see cref="InjectedResourceMonitor"/>. Stateless.</summary>
public sealed class InjectedResourceFactory : IResourceMonitorFactory
{
    /// <inheritdoc/>
    public string Name => "envoy.resource_monitors.injected_resource";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.InjectedResourceConfig.Descriptor;

    /// <inheritdoc/>
    public ResourceMonitor? Create(IMessage message, FactoryContext context, ConfigScope scope) =>
        new InjectedResourceMonitor(((Wire.InjectedResourceConfig)message).Filename);
}
