using Nuncio.Config.Extensibility;
using Nuncio.Extensions.AccessLoggers.File;
using Nuncio.Extensions.AccessLoggers.Stream;
using Nuncio.Extensions.HttpFilters.Buffer;
using Nuncio.Extensions.HttpFilters.Router;
using Nuncio.Extensions.NetworkFilters.DirectResponse;
using Nuncio.Extensions.NetworkFilters.Echo;
using Nuncio.Extensions.NetworkFilters.HttpConnectionManager;
using Nuncio.Extensions.NetworkFilters.TcpProxy;

namespace Nuncio.Extensions;

/// <summary>The extensions this build has, one line each; a category is the interface it is added as.</summary>
public static class BuiltInExtensions
{
    /// <summary>Adds all of them.</summary>
    public static void AddTo(ExtensionCatalog catalog)
    {
        catalog.Add<INetworkFilterFactory>(new HttpConnectionManagerFactory());
        catalog.Add<INetworkFilterFactory>(new TcpProxyFactory());
        catalog.Add<INetworkFilterFactory>(new EchoFactory());
        catalog.Add<INetworkFilterFactory>(new DirectResponseFactory());

        catalog.Add<IHttpFilterFactory>(new RouterFactory());
        catalog.Add<IHttpFilterFactory>(new BufferFactory());

        catalog.Add<IAccessLoggerFactory>(new FileFactory());
        catalog.Add<IAccessLoggerFactory>(new StdoutFactory());
        catalog.Add<IAccessLoggerFactory>(new StderrFactory());
    }
}
