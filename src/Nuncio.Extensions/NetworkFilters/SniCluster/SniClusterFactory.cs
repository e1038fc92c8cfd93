using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.NetworkFilters;
using Wire = Envoy.Extensions.Filters.Network.SniCluster.V3;

namespace Nuncio.Extensions.NetworkFilters.SniCluster;

/// <summary>Wire message to SNI cluster filter; there is nothing to configure. Stateless.</summary>
public sealed class SniClusterFactory : INetworkFilterFactory
{
    /// <inheritdoc/>
    public string Name => "envoy.filters.network.sni_cluster";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.SniCluster.Descriptor;

    /// <inheritdoc/>
    public NetworkFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope) => new SniClusterProvider();
}
