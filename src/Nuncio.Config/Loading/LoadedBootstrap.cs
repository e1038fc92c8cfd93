using Envoy.Config.Bootstrap.V3;
using Nuncio.Config.Errors;

namespace Nuncio.Config.Loading;

/// <summary>What the process starts with: the merged bootstrap, and where each part of it was written.</summary>
/// <param name="Message">The bootstrap, overlay merged, rules checked.</param>
/// <param name="Sources">Positions by field path.</param>
/// <param name="Warnings">Unknown fields that were let pass, at most <see cref="ConfigErrors.Limit"/>.</param>
/// <param name="UnknownFields">Number of unknown fields that were let pass, for <c>server.static_unknown_fields</c>.</param>
public sealed record LoadedBootstrap(Bootstrap Message, SourceMap Sources, IReadOnlyList<ConfigError> Warnings, int UnknownFields)
{
    /// <summary>The root scope for turning the bootstrap into our own objects.</summary>
    public ConfigScope Root(ConfigErrors errors) => new(errors, Sources);
}
