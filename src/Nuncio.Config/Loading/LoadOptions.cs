namespace Nuncio.Config.Loading;

/// <summary>How strictly a configuration is read. Immutable, any thread.</summary>
public sealed record LoadOptions
{
    /// <summary>Strict, with the default limits: what a bootstrap gets without further flags.</summary>
    public static readonly LoadOptions Default = new();

    /// <summary>
    /// Whether a field we do not know becomes a warning instead of an error (<c>--allow-unknown-static-fields</c>). Unknown
    /// types in an <c>Any</c> stay errors: there is nothing that could be run in their place.
    /// </summary>
    public bool AllowUnknownFields { get; init; }

    /// <summary>Bounds on size, depth and count.</summary>
    public LoadLimits Limits { get; init; } = LoadLimits.Default;
}
