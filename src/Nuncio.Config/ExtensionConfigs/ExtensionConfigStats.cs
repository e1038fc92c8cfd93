using Nuncio.Base.Stats;

namespace Nuncio.Config.ExtensionConfigs;

/// <summary>
/// <c>extension_config_discovery.&lt;kind&gt;.&lt;filter&gt;.</c> of one subscription. Envoy: "Extension configuration", "xDS subscription
/// statistics". Owner: the main thread.
/// </summary>
internal sealed class ExtensionConfigStats(StatScope scope)
{
    /// <summary>A configuration is in effect.</summary>
    internal Counter Reloads { get; } = scope.Counter("config_reload");

    /// <summary>A file was not taken, whatever the reason.</summary>
    internal Counter Failures { get; } = scope.Counter("config_fail");

    /// <summary>A listener that came later cannot use what the others use.</summary>
    internal Counter Conflicts { get; } = scope.Counter("config_conflict");

    /// <summary>The file was looked at.</summary>
    internal Counter Attempts { get; } = scope.Counter("update_attempt");

    /// <summary>It was good, changed or not.</summary>
    internal Counter Successes { get; } = scope.Counter("update_success");

    /// <summary>It could not be read.</summary>
    internal Counter Unreadable { get; } = scope.Counter("update_failure");

    /// <summary>It could be read and is not what was expected.</summary>
    internal Counter Rejections { get; } = scope.Counter("update_rejected");

    /// <summary>Hash of the last good <c>version_info</c>.</summary>
    internal Gauge Version { get; } = scope.Gauge("version");

    /// <summary>The last good <c>version_info</c>.</summary>
    internal TextReadout VersionText { get; } = scope.TextReadout("version_text");

    /// <summary>When the last good file was read, milliseconds since 1970.</summary>
    internal Gauge UpdateTime { get; } = scope.Gauge("update_time");
}
