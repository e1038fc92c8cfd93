using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.Overload;
using Wire = Envoy.Extensions.ResourceMonitors.CpuUtilization.V3;

namespace Nuncio.Extensions.ResourceMonitors.CpuUtilization;

/// <summary>Wire message to <see cref="CpuUtilizationMonitor"/>. Stateless.</summary>
/// <param name="root">Where control groups are mounted.</param>
/// <param name="statPath">The machine's processor times.</param>
public sealed class CpuUtilizationFactory(string root = "/sys/fs/cgroup", string statPath = "/proc/stat") : IResourceMonitorFactory
{
    /// <inheritdoc/>
    public string Name => "envoy.resource_monitors.cpu_utilization";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.CpuUtilizationConfig.Descriptor;

    /// <inheritdoc/>
    public ResourceMonitor? Create(IMessage message, FactoryContext context, ConfigScope scope)
    {
        if (((Wire.CpuUtilizationConfig)message).Mode == Wire.CpuUtilizationConfig.Types.UtilizationComputeStrategy.Host)
        {
            return new CpuUtilizationMonitor(new HostCpuReader(statPath));
        }

        if (ContainerCpuReader.Find(root, context.MainDispatcher.Clock) is { } reader)
        {
            return new CpuUtilizationMonitor(reader);
        }

        scope.Field("mode").Error($"{root} has the processor files of neither version of control groups");
        return null;
    }
}
