using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Routes;
using Nuncio.Config.Runtime;
using Nuncio.Core.NetworkFilters;
using Wire = Envoy.Extensions.Filters.Network.ConnectionLimit.V3.ConnectionLimit;

namespace Nuncio.Extensions.NetworkFilters.ConnectionLimit;

/// <summary>Wire message to <see cref="ConnectionLimitConfig"/>. Stateless.</summary>
public sealed class ConnectionLimitFactory : INetworkFilterFactory
{
    /// <inheritdoc/>
    public string Name => "envoy.filters.network.connection_limit";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.Descriptor;

    /// <inheritdoc/>
    public NetworkFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope)
    {
        var wire = (Wire)message;
        int before = scope.ErrorCount;
        if (wire.MaxConnections is null)
        {
            scope.Field("max_connections").Error("is missing; expected at least 1");
        }

        long delay = Durations.Nanos(wire.Delay, scope.Field("delay")) ?? 0;
        return scope.ErrorCount > before ? null : new ConnectionLimitProvider(new ConnectionLimitConfig(
            wire.StatPrefix,
            (long)Math.Min(wire.MaxConnections ?? 0, long.MaxValue),
            delay,
            RuntimeFlagConverter.Convert(wire.RuntimeEnabled, context.Runtime)));
    }
}
