using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Formatting;
using Nuncio.Core.ListenerFilters;
using Wire = Envoy.Extensions.Filters.Listener.SetFilterState.V3.Config;

namespace Nuncio.Extensions.ListenerFilters.SetFilterState;

/// <summary>Wire message to <see cref="SetFilterStateConfig"/>. Stateless.</summary>
public sealed class SetFilterStateFactory : IListenerFilterFactory
{
    /// <inheritdoc/>
    public string Name => "envoy.filters.listener.set_filter_state";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.Descriptor;

    /// <inheritdoc/>
    public ListenerFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope) =>
        FilterStateAssignmentConverter.ConvertAll(((Wire)message).OnAccept, context, scope.Field("on_accept")) is { } values
            ? new SetFilterStateProvider(new SetFilterStateConfig(values))
            : null;
}
