using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.ListenerFilters;
using Wire = Envoy.Extensions.Filters.Listener.HttpInspector.V3;

namespace Nuncio.Extensions.ListenerFilters.HttpInspector;

/// <summary>Wire message to HTTP inspector; there is nothing to configure. Stateless.</summary>
public sealed class HttpInspectorFactory : IListenerFilterFactory
{
    /// <inheritdoc/>
    public string Name => "envoy.filters.listener.http_inspector";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.HttpInspector.Descriptor;

    /// <inheritdoc/>
    public ListenerFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope) => new HttpInspectorProvider();
}
