namespace Nuncio.Core.Clusters;

/// <summary>Which limits and pools a request uses; numbers are those of <c>core.v3.RoutingPriority</c>.</summary>
public enum ResourcePriority : byte
{
    /// <summary>The usual one.</summary>
    Default = 0,

    /// <summary>The one with limits of its own.</summary>
    High = 1,
}
