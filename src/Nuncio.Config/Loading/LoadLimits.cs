namespace Nuncio.Config.Loading;

/// <summary>
/// What a configuration source may cost us before we refuse it. Immutable, any thread. The defaults are far above what
/// real tables need (four million keys and values are a route table of some fifty megabytes) and below what would hurt.
/// </summary>
public sealed record LoadLimits
{
    /// <summary>The limits of production.</summary>
    public static readonly LoadLimits Default = new();

    /// <summary>Largest source in bytes. Default 64 MiB.</summary>
    public int MaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Deepest nesting of lists and objects. Default 64; the deepest message of the API that makes sense is under 30.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>Most keys and values in all. Default 4,000,000.</summary>
    public int MaxNodes { get; init; } = 4_000_000;

    /// <summary>
    /// Most values that aliases and merge keys may stand for together, so that a few lines of anchors cannot become billions
    /// of values. Default 250,000.
    /// </summary>
    public int MaxExpanded { get; init; } = 250_000;
}
