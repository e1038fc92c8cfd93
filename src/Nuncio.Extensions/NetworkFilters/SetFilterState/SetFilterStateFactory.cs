using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Formatting;
using Nuncio.Core.Formatting;
using Nuncio.Core.NetworkFilters;
using Wire = Envoy.Extensions.Filters.Network.SetFilterState.V3.Config;

namespace Nuncio.Extensions.NetworkFilters.SetFilterState;

/// <summary>Wire message to <see cref="SetFilterStateConfig"/>. Stateless.</summary>
public sealed class SetFilterStateFactory : INetworkFilterFactory
{
    /// <inheritdoc/>
    public string Name => "envoy.filters.network.set_filter_state";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.Descriptor;

    /// <inheritdoc/>
    public NetworkFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope)
    {
        var wire = (Wire)message;
        FilterStateAssignment[]? onNew = FilterStateAssignmentConverter.ConvertAll(wire.OnNewConnection, context, scope.Field("on_new_connection"));
        FilterStateAssignment[]? onHandshake = FilterStateAssignmentConverter.ConvertAll(
            wire.OnDownstreamTlsHandshake, context, scope.Field("on_downstream_tls_handshake"));
        return onNew is null || onHandshake is null ? null : new SetFilterStateProvider(new SetFilterStateConfig(onNew, onHandshake));
    }
}
