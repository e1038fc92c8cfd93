using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.RateLimiting;
using Nuncio.Config.Runtime;
using Nuncio.Core.NetworkFilters;
using Nuncio.Core.RateLimiting;
using Wire = Envoy.Extensions.Filters.Network.LocalRatelimit.V3.LocalRateLimit;

namespace Nuncio.Extensions.NetworkFilters.LocalRateLimit;

/// <summary>Wire message to <see cref="LocalRateLimitConfig"/>. Stateless.</summary>
public sealed class LocalRateLimitFactory : INetworkFilterFactory
{
    /// <inheritdoc/>
    public string Name => "envoy.filters.network.local_ratelimit";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.Descriptor;

    /// <inheritdoc/>
    public NetworkFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope)
    {
        var wire = (Wire)message;
        if (TokenBucketConverter.Convert(wire.TokenBucket, scope.Field("token_bucket")) is not { } bucket)
        {
            return null;
        }

        TokenBucket shared = context.TokenBuckets.Get(wire.ShareKey, bucket);
        return new LocalRateLimitProvider(
            new LocalRateLimitConfig(wire.StatPrefix, shared, RuntimeFlagConverter.Convert(wire.RuntimeEnabled, context.Runtime)));
    }
}
