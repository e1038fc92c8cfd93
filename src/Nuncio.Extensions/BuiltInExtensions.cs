using Nuncio.Config.Extensibility;
using Nuncio.Extensions.AccessLoggers.File;
using Nuncio.Extensions.AccessLoggers.Stream;
using Nuncio.Extensions.BootstrapExtensions.InternalListener;
using Nuncio.Extensions.HttpFilters.Buffer;
using Nuncio.Extensions.HttpFilters.Router;
using Nuncio.Extensions.ListenerFilters.HttpInspector;
using Nuncio.Extensions.ListenerFilters.OriginalDst;
using Nuncio.Extensions.ListenerFilters.OriginalSrc;
using Nuncio.Extensions.ListenerFilters.ProxyProtocol;
using Nuncio.Extensions.ListenerFilters.TlsInspector;
using Nuncio.Extensions.NetworkFilters.ConnectionLimit;
using Nuncio.Extensions.NetworkFilters.DirectResponse;
using Nuncio.Extensions.NetworkFilters.Echo;
using Nuncio.Extensions.NetworkFilters.HttpConnectionManager;
using Nuncio.Extensions.NetworkFilters.Rbac;
using Nuncio.Extensions.NetworkFilters.SniCluster;
using Nuncio.Extensions.NetworkFilters.TcpProxy;
using Nuncio.Extensions.ResourceMonitors.CgroupMemory;
using Nuncio.Extensions.ResourceMonitors.CpuUtilization;
using Nuncio.Extensions.ResourceMonitors.DownstreamConnections;
using Nuncio.Extensions.ResourceMonitors.FixedHeap;
using Nuncio.Extensions.ResourceMonitors.InjectedResource;
using Nuncio.Extensions.UdpFilters.UdpProxy;

namespace Nuncio.Extensions;

/// <summary>The extensions this build has, one line each; a category is the interface it is added as.</summary>
public static class BuiltInExtensions
{
    /// <summary>Adds all of them.</summary>
    public static void AddTo(ExtensionCatalog catalog)
    {
        catalog.Add<IListenerFilterFactory>(new OriginalDstFactory());
        catalog.Add<IListenerFilterFactory>(new OriginalSrcFactory());
        catalog.Add<IListenerFilterFactory>(new ListenerFilters.LocalRateLimit.LocalRateLimitFactory());
        catalog.Add<IListenerFilterFactory>(new ListenerFilters.SetFilterState.SetFilterStateFactory());
        catalog.Add<IListenerFilterFactory>(new TlsInspectorFactory());
        catalog.Add<IListenerFilterFactory>(new HttpInspectorFactory());
        catalog.Add<IListenerFilterFactory>(new ProxyProtocolFactory());

        catalog.Add<IUdpListenerFilterFactory>(new UdpProxyFactory());

        catalog.Add<INetworkFilterFactory>(new HttpConnectionManagerFactory());
        catalog.Add<INetworkFilterFactory>(new TcpProxyFactory());
        catalog.Add<INetworkFilterFactory>(new EchoFactory());
        catalog.Add<INetworkFilterFactory>(new DirectResponseFactory());
        catalog.Add<INetworkFilterFactory>(new RbacFactory());
        catalog.Add<INetworkFilterFactory>(new ConnectionLimitFactory());
        catalog.Add<INetworkFilterFactory>(new NetworkFilters.LocalRateLimit.LocalRateLimitFactory());
        catalog.Add<INetworkFilterFactory>(new SniClusterFactory());
        catalog.Add<INetworkFilterFactory>(new NetworkFilters.SetFilterState.SetFilterStateFactory());

        catalog.Add<IHttpFilterFactory>(new RouterFactory());
        catalog.Add<IHttpFilterFactory>(new BufferFactory());

        catalog.Add<IAccessLoggerFactory>(new FileFactory());
        catalog.Add<IAccessLoggerFactory>(new StdoutFactory());
        catalog.Add<IAccessLoggerFactory>(new StderrFactory());

        catalog.Add<IBootstrapExtensionFactory>(new InternalListenerFactory());

        catalog.Add<IResourceMonitorFactory>(new FixedHeapFactory());
        catalog.Add<IResourceMonitorFactory>(new CgroupMemoryFactory());
        catalog.Add<IResourceMonitorFactory>(new CpuUtilizationFactory());
        catalog.Add<IResourceMonitorFactory>(new InjectedResourceFactory());
        catalog.Add<IResourceMonitorFactory>(new DownstreamConnectionsFactory());
    }
}
