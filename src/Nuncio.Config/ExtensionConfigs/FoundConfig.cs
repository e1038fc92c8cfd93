using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;

namespace Nuncio.Config.ExtensionConfigs;

/// <summary>The configuration of one filter in a discovery response. Immutable.</summary>
/// <param name="TypedConfig">The configuration.</param>
/// <param name="Path">The field path where it stands.</param>
/// <param name="Version">The response's <c>version_info</c>.</param>
/// <param name="Sources">Where everything in the file was written.</param>
internal sealed record FoundConfig(Any TypedConfig, string Path, string Version, SourceMap Sources)
{
    /// <summary>Where errors in it belong.</summary>
    internal ConfigScope Place(ConfigErrors errors) => new(errors, Sources, Path);

    /// <summary>
    /// The configuration of the filter of this name; null after an error. Envoy: a file holds one resource; here it may hold those of
    /// several filters.
    /// </summary>
    internal static FoundConfig? Find(LoadedMessage<DiscoveryResponse> loaded, string name, ConfigErrors errors)
    {
        ConfigScope root = loaded.Root(errors).Field("resources");
        FoundConfig? found = null;
        var others = new List<string>();
        for (int i = 0; i < loaded.Message.Resources.Count; i++)
        {
            ConfigScope place = root.Item(i);
            Any resource = loaded.Message.Resources[i];
            if (AnyDecoder.TryUnpack(resource, out Resource? wrapper) && wrapper.Resource_ is { } inner)
            {
                resource = inner;
                place = place.Field("resource");
            }

            if (!AnyDecoder.TryUnpack(resource, out TypedExtensionConfig? config))
            {
                place.Error($"found a {AnyDecoder.TypeName(resource.TypeUrl)}, expected an {TypedExtensionConfig.Descriptor.FullName}");
            }
            else if (config.Name != name)
            {
                others.Add(config.Name);
            }
            else if (found is not null)
            {
                place.Field("name").Error($"found \"{name}\" for the second time, expected it once");
            }
            else
            {
                found = new FoundConfig(config.TypedConfig, place.Field("typed_config").Path, loaded.Message.VersionInfo, loaded.Sources);
            }
        }

        if (found is null && !errors.Any)
        {
            string have = others.Count == 0 ? "none" : string.Join(", ", others.Select(static other => $"\"{other}\""));
            root.Error($"holds no configuration of the filter \"{name}\"; found {have}");
        }

        return errors.Any ? null : found;
    }
}
