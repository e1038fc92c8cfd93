namespace Nuncio.Core.Logging;

/// <summary>What Core and the extensions log, each with the logger it is for. Immutable; any thread.</summary>
public static class CoreEvents
{
    /// <summary><c>connection</c>: a downstream connection was accepted.</summary>
    public static readonly LogEvent NewConnection = new(2000, nameof(NewConnection));

    /// <summary><c>connection</c>: a downstream connection ended.</summary>
    public static readonly LogEvent ConnectionClosed = new(2001, nameof(ConnectionClosed));

    /// <summary><c>http</c>: bytes that are no HTTP, or not allowed.</summary>
    public static readonly LogEvent ProtocolError = new(2002, nameof(ProtocolError));

    /// <summary><c>router</c>: no route takes the request.</summary>
    public static readonly LogEvent NoRoute = new(2003, nameof(NoRoute));

    /// <summary><c>router</c>: the route's cluster does not exist.</summary>
    public static readonly LogEvent NoCluster = new(2004, nameof(NoCluster));

    /// <summary><c>router</c>: the cluster a request goes to.</summary>
    public static readonly LogEvent ClusterChosen = new(2005, nameof(ClusterChosen));

    /// <summary><c>router</c>: a request failed upstream.</summary>
    public static readonly LogEvent UpstreamFailed = new(2006, nameof(UpstreamFailed));

    /// <summary><c>pool</c>: an upstream connection is being made.</summary>
    public static readonly LogEvent Connecting = new(2007, nameof(Connecting));

    /// <summary><c>pool</c>: an upstream connection could not be made.</summary>
    public static readonly LogEvent ConnectFailed = new(2008, nameof(ConnectFailed));

    /// <summary><c>upstream</c>: a cluster was added or replaced.</summary>
    public static readonly LogEvent ClusterUpdated = new(2009, nameof(ClusterUpdated));

    /// <summary><c>upstream</c>: a cluster was removed.</summary>
    public static readonly LogEvent ClusterRemoved = new(2010, nameof(ClusterRemoved));
}
