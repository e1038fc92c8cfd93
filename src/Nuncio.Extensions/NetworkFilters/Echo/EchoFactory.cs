using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.NetworkFilters;
using Wire = Envoy.Extensions.Filters.Network.Echo.V3;

namespace Nuncio.Extensions.NetworkFilters.Echo;

/// <summary>Wire message to echo filter; there is nothing to configure. Stateless.</summary>
public sealed class EchoFactory : INetworkFilterFactory
{
    /// <inheritdoc/>
    public string Name => "envoy.filters.network.echo";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.Echo.Descriptor;

    /// <inheritdoc/>
    public NetworkFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope) => new EchoProvider();
}
