using Envoy.Config.Core.V3;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Loading;
using Nuncio.Core.ExtensionConfigs;

namespace Nuncio.Config.ExtensionConfigs;

/// <summary>Wire message to <see cref="DiscoveredConfig{TProvider}"/>, with every error at its place. Stateless.</summary>
public static class ExtensionConfigConverter
{
    /// <summary>Converts a filter's <c>config_discovery</c>; null after an error. <paramref name="scope"/> is its place.</summary>
    /// <param name="wire">The message.</param>
    /// <param name="kind">What kind of filter.</param>
    /// <param name="name">The filter's name.</param>
    /// <param name="isLast">Whether it stands at the end of its chain.</param>
    /// <param name="context">What factories may use; gets one more target that must be warm.</param>
    /// <param name="scope">Its place.</param>
    public static DiscoveredConfig<TProvider>? Convert<TFactory, TProvider>(
        ExtensionConfigSource wire, ExtensionConfigKind<TFactory, TProvider> kind, string name, bool isLast, FactoryContext context, ConfigScope scope)
        where TFactory : class, IExtensionFactory
        where TProvider : class
    {
        int before = scope.ErrorCount;
        string path = PathOf(wire.ConfigSource, scope.Field("config_source"));
        string[] types = [.. wire.TypeUrls.Select(AnyDecoder.TypeName)];
        var user = new ExtensionConfigUser<TFactory, TProvider>(kind, context, name, path, types, isLast);
        if (wire.DefaultConfig is { } standard)
        {
            user.UseDefault(standard, scope.Field("default_config"));
        }
        else if (wire.ApplyDefaultConfigWithoutWarming)
        {
            scope.Field("apply_default_config_without_warming").Error("is set, and there is no default_config; expected one");
        }

        context.WarmTargets.Add(user);
        return scope.ErrorCount > before ? null : user;
    }

    private static string PathOf(ConfigSource wire, ConfigScope scope)
    {
        (string path, ConfigScope place) = wire.PathConfigSource is { } source
            ? (source.Path, scope.Field("path_config_source").Field("path"))
            : (wire.Path, scope.Field("path"));
        if (!File.Exists(path))
        {
            // Envoy too refuses it: most likely a slip of the hand, and not to be found out by the first client.
            place.Error($"found \"{path}\", expected the path of a file that exists");
        }

        return path;
    }
}
