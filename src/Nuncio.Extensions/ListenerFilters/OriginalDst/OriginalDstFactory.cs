using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.ListenerFilters;
using Wire = Envoy.Extensions.Filters.Listener.OriginalDst.V3;

namespace Nuncio.Extensions.ListenerFilters.OriginalDst;

/// <summary>Wire message to original destination filter; there is nothing to configure. Stateless.</summary>
public sealed class OriginalDstFactory : IListenerFilterFactory
{
    /// <inheritdoc/>
    public string Name => "envoy.filters.listener.original_dst";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.OriginalDst.Descriptor;

    /// <inheritdoc/>
    public ListenerFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope) => new OriginalDstProvider();
}
