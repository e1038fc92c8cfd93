using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Loading;
using Nuncio.Core.ExtensionConfigs;
using Nuncio.Core.Listeners;

namespace Nuncio.Config.ExtensionConfigs;

/// <summary>
/// A filter that says <c>config_discovery</c>: its default configuration, then what its subscription finds.
/// </summary>
/// <remarks>
/// Main thread, but for <see cref="DiscoveredConfig{TProvider}.Current"/>. Made with its listener's configuration; subscribes when the
/// listener warms, so that a configuration that is only checked looks at nothing. Held by whatever makes filters of it, and by the
/// subscription only weakly: when the last listener that uses it is gone, it is.
/// </remarks>
internal sealed class ExtensionConfigUser<TFactory, TProvider> : DiscoveredConfig<TProvider>, IExtensionConfigUser, IWarmTarget
    where TFactory : class, IExtensionFactory
    where TProvider : class
{
    private readonly ExtensionConfigKind<TFactory, TProvider> _kind;
    private readonly FactoryContext _context;
    private readonly string _name;
    private readonly string _path;
    private readonly string[] _types;
    private readonly bool _isLast;

    /// <param name="kind">What kind of filter.</param>
    /// <param name="context">What its factories may use.</param>
    /// <param name="name">The filter's name, which is that of the resource.</param>
    /// <param name="path">The file.</param>
    /// <param name="types">Types of configuration that are allowed.</param>
    /// <param name="isLast">Whether it stands at the end of its chain.</param>
    internal ExtensionConfigUser(
        ExtensionConfigKind<TFactory, TProvider> kind, FactoryContext context, string name, string path, string[] types, bool isLast)
    {
        _kind = kind;
        _context = context;
        _name = name;
        _path = path;
        _types = types;
        _isLast = isLast;
    }

    /// <inheritdoc/>
    public void WhenReady(Action callback)
    {
        // A file is there or not: nothing to wait for.
        _context.ExtensionConfigs.Join(this, _kind.StatName, _name, _path, _context);
        callback();
    }

    /// <inheritdoc/>
    public Action? Prepare(Any typedConfig, ConfigScope scope)
    {
        // What it holds may have to be warm too; nobody else asks for it after the listener has.
        var inner = new List<IWarmTarget>();
        return Make(typedConfig, _context with { WarmTargets = inner }, scope) is not { } provider
            ? null
            : () =>
            {
                inner.ForEach(static target => target.WhenReady(static () => { }));
                Publish(provider);
            };
    }

    /// <summary>Uses <c>default_config</c> until there is another; it warms with the listener.</summary>
    internal void UseDefault(Any typedConfig, ConfigScope scope)
    {
        if (Make(typedConfig, _context, scope) is { } provider)
        {
            Publish(provider);
        }
    }

    private TProvider? Make(Any typedConfig, FactoryContext context, ConfigScope scope)
    {
        string type = AnyDecoder.TypeName(typedConfig.TypeUrl);
        if (!_types.Contains(type, StringComparer.Ordinal))
        {
            scope.Error($"found the type \"{type}\", expected one of the filter's type_urls: {string.Join(", ", _types)}");
            return null;
        }

        TFactory? factory = context.Extensions.Resolve<TFactory>(typedConfig, _name, scope, out IMessage? message);
        TProvider? provider = factory is null ? null : _kind.Create(factory, message!, context, scope);
        if (provider is null || _kind.IsTerminal is null || _kind.IsTerminal(provider) == _isLast)
        {
            return provider;
        }

        scope.Error(_isLast
            ? $"\"{_name}\" is the last filter and this configuration does not end the chain; expected a terminal filter"
            : $"\"{_name}\" is not the last filter and this configuration ends the chain, so that nothing could follow it");
        return null;
    }
}
