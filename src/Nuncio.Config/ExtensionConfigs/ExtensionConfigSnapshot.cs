using Google.Protobuf.WellKnownTypes;

namespace Nuncio.Config.ExtensionConfigs;

/// <summary>A filter's configuration that was discovered and is in effect, for the admin interface. Immutable.</summary>
/// <param name="Kind">What kind of filter, as in names of statistics.</param>
/// <param name="Filter">The filter's name.</param>
/// <param name="TypedConfig">The configuration.</param>
/// <param name="Version">The <c>version_info</c> it came with.</param>
/// <param name="UpdatedAtUtcTicks">When it came, UTC, in <see cref="DateTime.Ticks"/>.</param>
public sealed record ExtensionConfigSnapshot(string Kind, string Filter, Any TypedConfig, string Version, long UpdatedAtUtcTicks);
