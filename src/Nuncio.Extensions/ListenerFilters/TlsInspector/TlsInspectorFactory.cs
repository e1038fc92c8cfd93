using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.ListenerFilters;
using Wire = Envoy.Extensions.Filters.Listener.TlsInspector.V3;

namespace Nuncio.Extensions.ListenerFilters.TlsInspector;

/// <summary>Wire message to <see cref="TlsInspectorConfig"/>. Stateless.</summary>
public sealed class TlsInspectorFactory : IListenerFilterFactory
{
    /// <inheritdoc/>
    public string Name => "envoy.filters.listener.tls_inspector";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.TlsInspector.Descriptor;

    /// <inheritdoc/>
    public ListenerFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope)
    {
        var wire = (Wire.TlsInspector)message;

        // Envoy: initial_read_buffer_size is the first guess of how much to peek at. Here bytes are read once, into a pooled block.
        return new TlsInspectorProvider(new TlsInspectorConfig(
            (int)(wire.MaxClientHelloSize ?? TlsInspectorConfig.LargestClientHello),
            wire.EnableJa3Fingerprinting ?? false,
            wire.EnableJa4Fingerprinting ?? false,
            wire.CloseConnectionOnClientHelloParsingErrors));
    }
}
