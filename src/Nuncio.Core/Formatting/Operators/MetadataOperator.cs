using Nuncio.Base.Buffers;
using Nuncio.Core.Formatting.Json;
using Nuncio.Core.Streams;

namespace Nuncio.Core.Formatting.Operators;

/// <summary>
/// <c>DYNAMIC_METADATA(NAMESPACE:KEY:...):Z</c>, <c>CLUSTER_METADATA</c>, <c>UPSTREAM_METADATA</c> and
/// <c>METADATA(SOURCE:NAMESPACE:KEY:...):Z</c>: a value, or the whole namespace. Text is printed as it is, everything else as JSON.
/// </summary>
internal sealed class MetadataOperator(MetadataSource source, string ns, string[] path, int? maxLength) : FormatOperator
{
    internal static FormatOperator? Create(MetadataSource source, string ns, string[] path, int? maxLength, out string? error)
    {
        error = ns.Length == 0 ? "metadata is printed by namespace: expected NAMESPACE or NAMESPACE:KEY:KEY" : null;
        return error is null ? new MetadataOperator(source, ns, path, maxLength) : null;
    }

    internal override FormatValue Write(in FormatContext context, ByteWriter into)
    {
        StreamInfo info = context.Stream;
        object? value = source switch
        {
            MetadataSource.Dynamic => info.Metadata?.Find(ns) ?? (context.RequestHeaders is null ? info.Connection?.Metadata?.Find(ns) : null),
            MetadataSource.Cluster => info.Cluster?.Metadata.Find(ns),
            MetadataSource.Route => info.Route?.Metadata?.Find(ns),
            MetadataSource.Listener => info.Connection?.ListenerMetadata?.Find(ns),
            MetadataSource.FilterChain => info.Connection?.FilterChainMetadata?.Find(ns),
            MetadataSource.VirtualHost => info.Route?.VirtualHost.Metadata?.Find(ns),
            _ => info.UpstreamHost?.Metadata.Find(ns),
        };
        foreach (string key in path)
        {
            if (value is not IReadOnlyDictionary<string, object?> map || !map.TryGetValue(key, out value))
            {
                return FormatValue.Missing;
            }
        }

        int start = into.Length;
        if (value is null)
        {
            return FormatValue.Missing;
        }

        if (value is string text)
        {
            into.Append(text);
            Cut(start, into);
            return FormatValue.Text;
        }

        JsonValueText.Append(value, into);
        return Cut(start, into) ? FormatValue.Text : FormatValue.Json;
    }

    /// <summary>Whether something was cut off: JSON that is not whole is only text.</summary>
    private bool Cut(int start, ByteWriter into)
    {
        if (maxLength is not { } most || into.Length - start <= most)
        {
            return false;
        }

        into.Truncate(start + most);
        return true;
    }
}

/// <summary>Whose metadata.</summary>
internal enum MetadataSource : byte
{
    /// <summary>What filters left for the request; at L4 for the connection.</summary>
    Dynamic,

    /// <summary>The cluster's configuration.</summary>
    Cluster,

    /// <summary>The route's configuration.</summary>
    Route,

    /// <summary>The virtual host's configuration.</summary>
    VirtualHost,

    /// <summary>The listener's configuration.</summary>
    Listener,

    /// <summary>The filter chain's configuration.</summary>
    FilterChain,

    /// <summary>The endpoint's configuration.</summary>
    UpstreamHost,
}
