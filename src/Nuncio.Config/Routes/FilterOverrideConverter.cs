using Envoy.Config.Route.V3;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;
using Nuncio.Core.Routing;

namespace Nuncio.Config.Routes;

/// <summary><c>typed_per_filter_config</c> of one level to filter overrides. Stateless; any thread.</summary>
internal static class FilterOverrideConverter
{
    /// <summary>The overrides; what is wrong is left out. <paramref name="scope"/> is the place of the map.</summary>
    internal static IReadOnlyList<FilterOverride> Convert(MapField<string, Any> configs, RouteContext context, ConfigScope scope)
    {
        if (configs.Count == 0)
        {
            return [];
        }

        var overrides = new List<FilterOverride>(configs.Count);
        foreach ((string name, Any config) in configs)
        {
            ConfigScope place = scope.Key(name);
            FilterOverride? filter = AnyDecoder.TypeName(config.TypeUrl) == FilterConfig.Descriptor.FullName
                ? Wrapped(name, config, context, place)
                : Plain(name, config, context, place);
            if (filter is not null)
            {
                overrides.Add(filter);
            }
        }

        return overrides;
    }

    private static FilterOverride? Wrapped(string name, Any config, RouteContext context, ConfigScope scope)
    {
        if (!AnyDecoder.TryUnpack(config, out FilterConfig? wrapper))
        {
            scope.Error($"the bytes are not a {FilterConfig.Descriptor.FullName}");
            return null;
        }

        int id = FilterNames.Intern(name);
        if (wrapper.Disabled)
        {
            // Envoy: whatever else is there is ignored.
            return new FilterOverride(id, null, Disabled: true);
        }

        if (wrapper.Config is null)
        {
            scope.Error("found neither config nor disabled, expected one of them (an empty config enables the filter)");
            return null;
        }

        if (wrapper.Config.TypeUrl.Length == 0)
        {
            return new FilterOverride(id, null, Disabled: false);
        }

        return wrapper.IsOptional && !context.FilterConfigs.Knows(name, wrapper.Config)
            ? new FilterOverride(id, null, Disabled: false)
            : Plain(name, wrapper.Config, context, scope.Field("config"));
    }

    private static FilterOverride? Plain(string name, Any config, RouteContext context, ConfigScope scope)
    {
        if (config.TypeUrl.Length == 0)
        {
            scope.Error("found no \"@type\", expected the type of the filter's route configuration");
            return null;
        }

        object? made = context.FilterConfigs.Create(name, config, scope);
        return made is null ? null : new FilterOverride(FilterNames.Intern(name), made, Disabled: false);
    }
}
