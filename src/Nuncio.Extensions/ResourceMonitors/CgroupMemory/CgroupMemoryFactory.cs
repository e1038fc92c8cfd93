using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.Overload;
using Wire = Envoy.Extensions.ResourceMonitors.CgroupMemory.V3;

namespace Nuncio.Extensions.ResourceMonitors.CgroupMemory;

/// <summary>Wire message to <see cref="CgroupMemoryMonitor"/>. Stateless.</summary>
/// <param name="root">Where control groups are mounted.</param>
public sealed class CgroupMemoryFactory(string root = "/sys/fs/cgroup") : IResourceMonitorFactory
{
    /// <inheritdoc/>
    public string Name => "envoy.resource_monitors.cgroup_memory";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.CgroupMemoryConfig.Descriptor;

    /// <inheritdoc/>
    public ResourceMonitor? Create(IMessage message, FactoryContext context, ConfigScope scope)
    {
        if (CgroupMemoryMonitor.Find(root, ((Wire.CgroupMemoryConfig)message).MaxMemoryBytes) is { } monitor)
        {
            return monitor;
        }

        scope.Error($"{root} has the memory files of neither version of control groups");
        return null;
    }
}
