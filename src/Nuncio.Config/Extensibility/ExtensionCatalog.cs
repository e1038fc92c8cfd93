using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;

namespace Nuncio.Config.Extensibility;

/// <summary>
/// The extensions of this process. An extension is found by the type of its configuration, the part of the type URL behind the
/// last slash; its name decides nothing. A category is the factory interface it is registered for.
/// </summary>
/// <remarks>
/// Filled at start by <c>BuiltInExtensions.AddTo</c> (tests fill their own), then only read; main thread, or any once filled.
/// </remarks>
public sealed class ExtensionCatalog
{
    private readonly Dictionary<(System.Type Category, string ConfigType), IExtensionFactory> _byType = [];
    private readonly Dictionary<string, IHttpFilterFactory> _byRouteType = new(StringComparer.Ordinal);

    /// <summary>Everything that was added, by category and type.</summary>
    public IReadOnlyCollection<IExtensionFactory> All => _byType.Values;

    /// <summary>Adds an extension to the category <typeparamref name="TFactory"/>.</summary>
    /// <exception cref="ArgumentException">The category has an extension of this configuration type already.</exception>
    public void Add<TFactory>(TFactory factory)
        where TFactory : class, IExtensionFactory
    {
        _byType.Add((typeof(TFactory), factory.ConfigType.FullName), factory);
        if (factory is IHttpFilterFactory { RouteConfigType: { } routeType } filter)
        {
            _byRouteType.Add(routeType.FullName, filter);
        }
    }

    /// <summary>Whether the category has an extension with this configuration type.</summary>
    public bool Has<TFactory>(string configType)
        where TFactory : class, IExtensionFactory => _byType.ContainsKey((typeof(TFactory), configType));

    /// <summary>
    /// Finds the extension that a <c>typed_config</c> asks for and unpacks its message. Null after an error at
    /// <paramref name="scope"/>, which is the place of the typed_config (its fields continue that path).
    /// </summary>
    public TFactory? Resolve<TFactory>(Any? typedConfig, string name, ConfigScope scope, out IMessage? message)
        where TFactory : class, IExtensionFactory
    {
        message = null;
        if (typedConfig is null || typedConfig.TypeUrl.Length == 0)
        {
            scope.Error($"{CategoryWords<TFactory>()} \"{name}\" has no typed_config, which says by its \"@type\" what it is");
            return null;
        }

        string type = AnyDecoder.TypeName(typedConfig.TypeUrl);
        if (!_byType.TryGetValue((typeof(TFactory), type), out IExtensionFactory? found))
        {
            scope.Error(Unknown<TFactory>(type, name));
            return null;
        }

        return TryUnpack(typedConfig, found.ConfigType, scope, out message) ? (TFactory)found : null;
    }

    /// <summary>The same for the configuration of an HTTP filter on a route (a value of <c>typed_per_filter_config</c>).</summary>
    public IHttpFilterFactory? ResolveRouteConfig(Any typedConfig, string name, ConfigScope scope, out IMessage? message)
    {
        message = null;
        string type = AnyDecoder.TypeName(typedConfig.TypeUrl);
        if (!_byRouteType.TryGetValue(type, out IHttpFilterFactory? found))
        {
            scope.Error(_byType.ContainsKey((typeof(IHttpFilterFactory), type))
                ? $"HTTP filter \"{name}\" is not configured by {type} on a route"
                : Unknown<IHttpFilterFactory>(type, name));
            return null;
        }

        return TryUnpack(typedConfig, found.RouteConfigType!, scope, out message) ? found : null;
    }

    private static bool TryUnpack(Any typedConfig, MessageDescriptor type, ConfigScope scope, [NotNullWhen(true)] out IMessage? message)
    {
        message = AnyDecoder.TryParse(type, typedConfig.Value);
        if (message is null)
        {
            scope.Error($"the bytes are not a {type.FullName}");
        }

        return message is not null;
    }

    private string Unknown<TFactory>(string type, string name)
    {
        string what = $"{CategoryWords<TFactory>()} \"{name}\": ";
        foreach ((System.Type category, string known) in _byType.Keys)
        {
            if (known == type)
            {
                return $"{what}{type} is configuration of the category {Words(category)}, which cannot stand here";
            }
        }

        return ApiRegistry.FindType(type) is not null
            ? $"{what}{type} configures no {CategoryWords<TFactory>()} of this version"
            : what + EnvoyTypes.DescribeUnknown(type);
    }

    private static string CategoryWords<TFactory>() => Words(typeof(TFactory));

    /// <summary>"IHttpFilterFactory" reads "HTTP filter" to people.</summary>
    private static string Words(System.Type category) => category.Name switch
    {
        nameof(IHttpFilterFactory) => "HTTP filter",
        nameof(INetworkFilterFactory) => "network filter",
        nameof(IAccessLoggerFactory) => "access logger",
        nameof(IUdpListenerFilterFactory) => "UDP listener filter",
        { } other => ExtensionWords.FromTypeName(other),
    };
}
