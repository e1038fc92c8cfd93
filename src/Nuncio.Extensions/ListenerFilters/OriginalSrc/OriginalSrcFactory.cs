using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.ListenerFilters;
using Wire = Envoy.Extensions.Filters.Listener.OriginalSrc.V3;

namespace Nuncio.Extensions.ListenerFilters.OriginalSrc;

/// <summary>Wire message to <see cref="OriginalSrcConfig"/>. Stateless.</summary>
public sealed class OriginalSrcFactory : IListenerFilterFactory
{
    /// <inheritdoc/>
    public string Name => "envoy.filters.listener.original_src";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.OriginalSrc.Descriptor;

    /// <inheritdoc/>
    public ListenerFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope) =>
        new OriginalSrcProvider(new OriginalSrcConfig(((Wire.OriginalSrc)message).Mark));
}
