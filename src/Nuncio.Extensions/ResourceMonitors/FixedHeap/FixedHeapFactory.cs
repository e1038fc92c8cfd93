using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.Overload;
using Wire = Envoy.Extensions.ResourceMonitors.FixedHeap.V3;

namespace Nuncio.Extensions.ResourceMonitors.FixedHeap;

/// <summary>Wire message to <see cref="FixedHeapMonitor"/>. Stateless.</summary>
/// <param name="read">Reads the memory of the process; null does it in earnest.</param>
public sealed class FixedHeapFactory(Func<MemoryUse>? read = null) : IResourceMonitorFactory
{
    /// <inheritdoc/>
    public string Name => "envoy.resource_monitors.fixed_heap";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.FixedHeapConfig.Descriptor;

    /// <inheritdoc/>
    public ResourceMonitor? Create(IMessage message, FactoryContext context, ConfigScope scope) =>
        new FixedHeapMonitor(((Wire.FixedHeapConfig)message).MaxHeapSizeBytes, read ?? MemoryUse.Read);
}
