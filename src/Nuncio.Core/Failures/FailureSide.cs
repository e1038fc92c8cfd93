namespace Nuncio.Core.Failures;

/// <summary>Whose doing a failure is.</summary>
public enum FailureSide : byte
{
    /// <summary>The client's.</summary>
    Downstream,

    /// <summary>The upstream's, or the way there.</summary>
    Upstream,

    /// <summary>Ours: configuration, limits, timeouts of our own.</summary>
    Internal,
}
