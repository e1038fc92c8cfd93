using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.Overload;
using Wire = Envoy.Extensions.ResourceMonitors.DownstreamConnections.V3;

namespace Nuncio.Extensions.ResourceMonitors.DownstreamConnections;

/// <summary>Wire message to <see cref="DownstreamConnectionsMonitor"/>. Stateless.</summary>
public sealed class DownstreamConnectionsFactory : IResourceMonitorFactory
{
    /// <inheritdoc/>
    public string Name => "envoy.resource_monitors.global_downstream_max_connections";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.DownstreamConnectionsConfig.Descriptor;

    /// <inheritdoc/>
    public ResourceMonitor? Create(IMessage message, FactoryContext context, ConfigScope scope) =>
        new DownstreamConnectionsMonitor(((Wire.DownstreamConnectionsConfig)message).MaxActiveDownstreamConnections);
}
