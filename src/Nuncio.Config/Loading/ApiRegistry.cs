using System.Collections.Frozen;
using Envoy.Admin.V3;
using Envoy.Config.Bootstrap.V3;
using Envoy.Extensions.AccessLoggers.File.V3;
using Envoy.Extensions.AccessLoggers.Stream.V3;
using Envoy.Extensions.Filters.Http.Buffer.V3;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Network.DirectResponse.V3;
using Envoy.Extensions.Filters.Network.Echo.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Envoy.Extensions.Http.HeaderFormatters.PreserveCase.V3;
using Envoy.Extensions.LoadBalancingPolicies.LeastRequest.V3;
using Envoy.Extensions.LoadBalancingPolicies.Random.V3;
using Envoy.Extensions.LoadBalancingPolicies.RoundRobin.V3;
using Envoy.Extensions.RequestId.Uuid.V3;
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
        ConfigReflection.Descriptor,
        EchoReflection.Descriptor,
        HttpConnectionManagerReflection.Descriptor,
        TcpProxyReflection.Descriptor,
        PreserveCaseReflection.Descriptor,
        LeastRequestReflection.Descriptor,
        RandomReflection.Descriptor,
        RoundRobinReflection.Descriptor,
        UuidReflection.Descriptor,
        RawBufferReflection.Descriptor,
        HttpProtocolOptionsReflection.Descriptor,
        TcpProtocolOptionsReflection.Descriptor,
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
