namespace Nuncio.Core.Clusters;

/// <summary>
/// What one thread counts of one host; <see cref="Host"/> sums them for the admin's <c>/clusters</c>. Owner: that thread writes, any
/// thread may read. Made with the thread's first use of the host.
/// </summary>
public sealed class HostStats
{
    /// <summary>Connections made or tried.</summary>
    public long CxTotal;

    /// <summary>Connections now.</summary>
    public long CxActive;

    /// <summary>Connections that could not be made.</summary>
    public long CxConnectFail;

    /// <summary>Requests.</summary>
    public long RqTotal;

    /// <summary>Requests in flight.</summary>
    public long RqActive;

    /// <summary>Requests answered with 1xx to 4xx, or by gRPC's own rules. Counted by the router.</summary>
    public long RqSuccess;

    /// <summary>Requests answered with 5xx, reset or failed. Counted by the router.</summary>
    public long RqError;

    /// <summary>Requests that timed out. Counted by the router.</summary>
    public long RqTimeout;
}
