using System.Collections.Frozen;
using Envoy.Admin.V3;
using Envoy.Config.Bootstrap.V3;
using Envoy.Config.Upstream.LocalAddressSelector.V3;
using Envoy.Extensions.AccessLoggers.File.V3;
using Envoy.Extensions.AccessLoggers.Stream.V3;
using Envoy.Extensions.Filters.Http.Buffer.V3;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Listener.HttpInspector.V3;
using Envoy.Extensions.Filters.Listener.LocalRatelimit.V3;
using Envoy.Extensions.Filters.Listener.OriginalDst.V3;
using Envoy.Extensions.Filters.Listener.OriginalSrc.V3;
using Envoy.Extensions.Filters.Listener.ProxyProtocol.V3;
using Envoy.Extensions.Filters.Listener.TlsInspector.V3;
using Envoy.Extensions.Filters.Network.ConnectionLimit.V3;
using Envoy.Extensions.Filters.Network.DirectResponse.V3;
using Envoy.Extensions.Filters.Network.Echo.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.Filters.Network.LocalRatelimit.V3;
using Envoy.Extensions.Filters.Network.SniCluster.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Envoy.Extensions.Http.HeaderFormatters.PreserveCase.V3;
using Envoy.Extensions.LoadBalancingPolicies.LeastRequest.V3;
using Envoy.Extensions.LoadBalancingPolicies.Random.V3;
using Envoy.Extensions.LoadBalancingPolicies.RoundRobin.V3;
using Envoy.Extensions.Network.DnsResolver.Getaddrinfo.V3;
using Envoy.Extensions.Path.Match.UriTemplate.V3;
using Envoy.Extensions.Path.Rewrite.UriTemplate.V3;
using Envoy.Extensions.RequestId.Uuid.V3;
using Envoy.Extensions.ResourceMonitors.CgroupMemory.V3;
using Envoy.Extensions.ResourceMonitors.CpuUtilization.V3;
using Envoy.Extensions.ResourceMonitors.DownstreamConnections.V3;
using Envoy.Extensions.ResourceMonitors.FixedHeap.V3;
using Envoy.Extensions.ResourceMonitors.InjectedResource.V3;
using Envoy.Extensions.TransportSockets.RawBuffer.V3;
using Envoy.Extensions.Upstreams.Http.V3;
using Envoy.Extensions.Upstreams.Tcp.V3;
using Google.Protobuf.Reflection;

namespace Nuncio.Config.Loading;

/// <summary>
/// Every message type this build knows, by full name: what a type URL can name. The list is explicit, so that an
/// extension's types are part of the configuration only because a line here says so. Immutable, any thread.
/// </summary>
public static class ApiRegistry
{
    // Files that nothing imports: the bootstrap, admin replies, and one line for each extension.
    private static readonly FileDescriptor[] Roots =
    [
        BootstrapReflection.Descriptor,
        ConfigDumpReflection.Descriptor,
        ConfigDumpSharedReflection.Descriptor,
        ServerInfoReflection.Descriptor,
        ClustersReflection.Descriptor,
        ListenersReflection.Descriptor,
        MemoryReflection.Descriptor,
        Google.Protobuf.WellKnownTypes.EmptyReflection.Descriptor,
        FileReflection.Descriptor,
        StreamReflection.Descriptor,
        BufferReflection.Descriptor,
        RouterReflection.Descriptor,
        HttpInspectorReflection.Descriptor,
        ProxyProtocolReflection.Descriptor,
        TlsInspectorReflection.Descriptor,
        ConfigReflection.Descriptor,
        EchoReflection.Descriptor,
        Envoy.Extensions.Filters.Udp.UdpProxy.V3.UdpProxyReflection.Descriptor,
        Envoy.Extensions.Filters.Udp.UdpProxy.V3.RouteReflection.Descriptor,
        Envoy.Extensions.Bootstrap.InternalListener.V3.InternalListenerReflection.Descriptor,
        HttpConnectionManagerReflection.Descriptor,
        TcpProxyReflection.Descriptor,
        Envoy.Extensions.Filters.Network.Rbac.V3.RbacReflection.Descriptor,
        ConnectionLimitReflection.Descriptor,
        LocalRateLimitReflection.Descriptor,
        SniClusterReflection.Descriptor,
        Envoy.Extensions.Filters.Network.SetFilterState.V3.SetFilterStateReflection.Descriptor,
        OriginalDstReflection.Descriptor,
        OriginalSrcReflection.Descriptor,
        LocalRatelimitReflection.Descriptor,
        Envoy.Extensions.Filters.Listener.SetFilterState.V3.SetFilterStateReflection.Descriptor,
        PreserveCaseReflection.Descriptor,
        LeastRequestReflection.Descriptor,
        RandomReflection.Descriptor,
        RoundRobinReflection.Descriptor,
        UriTemplateMatchReflection.Descriptor,
        UriTemplateRewriteReflection.Descriptor,
        UuidReflection.Descriptor,
        GetaddrinfoDnsResolverReflection.Descriptor,
        DefaultLocalAddressSelectorReflection.Descriptor,
        RawBufferReflection.Descriptor,
        Envoy.Service.Discovery.V3.DiscoveryReflection.Descriptor,
        HttpProtocolOptionsReflection.Descriptor,
        TcpProtocolOptionsReflection.Descriptor,
        FixedHeapReflection.Descriptor,
        CgroupMemoryReflection.Descriptor,
        CpuUtilizationReflection.Descriptor,
        InjectedResourceReflection.Descriptor,
        DownstreamConnectionsReflection.Descriptor,
        Envoy.Extensions.Matching.CommonInputs.EnvironmentVariable.V3.InputReflection.Descriptor,
        Envoy.Extensions.Matching.CommonInputs.Network.V3.NetworkInputsReflection.Descriptor,
        Envoy.Extensions.Matching.InputMatchers.ConsistentHashing.V3.ConsistentHashingReflection.Descriptor,
        Envoy.Extensions.Matching.InputMatchers.Ip.V3.IpReflection.Descriptor,
        Envoy.Extensions.Matching.InputMatchers.Metadata.V3.MetadataReflection.Descriptor,
        Envoy.Extensions.Matching.InputMatchers.RuntimeFraction.V3.RuntimeFractionReflection.Descriptor,
        Envoy.Type.Matcher.V3.HttpInputsReflection.Descriptor,
        Envoy.Type.Matcher.V3.StatusCodeInputReflection.Descriptor,
        Xds.Type.Matcher.V3.DomainReflection.Descriptor,
        Xds.Type.Matcher.V3.IpReflection.Descriptor,
        Udpa.Type.V1.TypedStructReflection.Descriptor,
        Xds.Type.V3.TypedStructReflection.Descriptor,
    ];

    private static readonly FrozenDictionary<string, MessageDescriptor> ByName = Collect();

    /// <summary>The same types for protobuf's JSON formatter, which needs them to print an <c>Any</c>.</summary>
    public static TypeRegistry Types { get; } = TypeRegistry.FromFiles(Roots);

    /// <summary>Full names of all known types.</summary>
    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>The type that a type URL names, by what follows its last slash; null when this build does not know it.</summary>
    public static MessageDescriptor? FindType(string typeUrl) => ByName.GetValueOrDefault(AnyDecoder.TypeName(typeUrl));

    private static FrozenDictionary<string, MessageDescriptor> Collect()
    {
        Dictionary<string, MessageDescriptor> types = [];
        HashSet<string> files = [];
        Stack<FileDescriptor> open = new(Roots);
        while (open.TryPop(out FileDescriptor? file))
        {
            if (!files.Add(file.Name))
            {
                continue;
            }

            foreach (FileDescriptor dependency in file.Dependencies)
            {
                open.Push(dependency);
            }

            foreach (MessageDescriptor type in file.MessageTypes)
            {
                Add(type, types);
            }
        }

        return types.ToFrozenDictionary();
    }

    private static void Add(MessageDescriptor type, Dictionary<string, MessageDescriptor> types)
    {
        types[type.FullName] = type;
        foreach (MessageDescriptor nested in type.NestedTypes)
        {
            // Entries of maps are messages on the wire only.
            if (nested.GetOptions()?.MapEntry != true)
            {
                Add(nested, types);
            }
        }
    }
}
