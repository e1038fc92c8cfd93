namespace Nuncio.Core.Clusters;

/// <summary>Where something runs (Envoy: <c>core.v3.Locality</c>). Immutable, any thread.</summary>
public sealed record Locality(string Region, string Zone, string SubZone)
{
    /// <summary>Not known.</summary>
    public static readonly Locality None = new("", "", "");
}
