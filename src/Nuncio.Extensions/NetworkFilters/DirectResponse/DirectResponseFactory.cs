using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Routes;
using Nuncio.Core.NetworkFilters;
using Wire = Envoy.Extensions.Filters.Network.DirectResponse.V3;

namespace Nuncio.Extensions.NetworkFilters.DirectResponse;

/// <summary>Wire message to <see cref="DirectResponseConfig"/>. Stateless.</summary>
public sealed class DirectResponseFactory : INetworkFilterFactory
{
    /// <summary>Every connection holds a copy until it is sent, so it is kept small. Envoy has no limit.</summary>
    private const int MaxBytes = 1024 * 1024;

    /// <inheritdoc/>
    public string Name => "envoy.filters.network.direct_response";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.Config.Descriptor;

    /// <inheritdoc/>
    public NetworkFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope)
    {
        var wire = (Wire.Config)message;
        byte[]? response = wire.Response is null ? [] : DataSourceReader.Read(wire.Response, MaxBytes, scope.Field("response"));
        return response is null ? null : new DirectResponseProvider(new DirectResponseConfig(response));
    }
}
