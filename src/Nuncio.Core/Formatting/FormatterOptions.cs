namespace Nuncio.Core.Formatting;

/// <summary>What a template needs to know when it is compiled. Immutable; any thread.</summary>
public sealed record FormatterOptions
{
    /// <summary>The machine's name and environment, dashes for missing values.</summary>
    public static readonly FormatterOptions Default = new();

    /// <summary>The same, but missing values are left out.</summary>
    public static readonly FormatterOptions OmitEmpty = new() { OmitEmptyValues = true };

    /// <summary>Leave missing values out instead of writing <c>-</c> (<c>omit_empty_values</c>; default false).</summary>
    public bool OmitEmptyValues { get; init; }

    /// <summary>Content type that the formatter passes on (<c>content_type</c>); null leaves it to the user of the formatter.</summary>
    public byte[]? ContentType { get; init; }

    /// <summary>What <c>%HOSTNAME%</c> prints; the machine's name when null.</summary>
    public string? Hostname { get; init; }

    /// <summary>Where <c>%ENVIRONMENT(X)%</c> looks, once, when the template is compiled.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;
}
