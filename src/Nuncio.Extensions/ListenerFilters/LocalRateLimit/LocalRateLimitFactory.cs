using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.RateLimiting;
using Nuncio.Config.Runtime;
using Nuncio.Core.ListenerFilters;
using Nuncio.Core.RateLimiting;
using Wire = Envoy.Extensions.Filters.Listener.LocalRatelimit.V3.LocalRateLimit;

namespace Nuncio.Extensions.ListenerFilters.LocalRateLimit;

/// <summary>Wire message to <see cref="LocalRateLimitConfig"/>. Stateless.</summary>
public sealed class LocalRateLimitFactory : IListenerFilterFactory
{
    /// <inheritdoc/>
    public string Name => "envoy.filters.listener.local_ratelimit";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.Descriptor;

    /// <inheritdoc/>
    public ListenerFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope)
    {
        var wire = (Wire)message;
        return TokenBucketConverter.Convert(wire.TokenBucket, scope.Field("token_bucket")) is not { } bucket
            ? null
            : new LocalRateLimitProvider(new LocalRateLimitConfig(
                wire.StatPrefix, new TokenBucket(bucket), RuntimeFlagConverter.Convert(wire.RuntimeEnabled, context.Runtime)));
    }
}
