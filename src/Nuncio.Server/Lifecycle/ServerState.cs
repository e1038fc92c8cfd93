namespace Nuncio.Server.Lifecycle;

/// <summary>Where the process is in its life; numbers are those of <c>envoy.admin.v3.ServerInfo.State</c> and of the gauge <c>server.state</c>.</summary>
public enum ServerState
{
    /// <summary>Carries traffic.</summary>
    Live = 0,

    /// <summary>Initialised, but told to fail health checks, or about to end.</summary>
    Draining = 1,

    /// <summary>The configuration is not built yet.</summary>
    PreInitializing = 2,

    /// <summary>Clusters are finding their hosts.</summary>
    Initializing = 3,
}
