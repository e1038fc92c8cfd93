namespace Nuncio.Core.Overload;

/// <summary>Envoy's names of actions and load shed points, by which they are configured and counted. Immutable.</summary>
public static class OverloadNames
{
    /// <summary>Actions there are.</summary>
    public const int ActionCount = (int)OverloadAction.CloseIdleHttpConnections + 1;

    /// <summary>Load shed points there are.</summary>
    public const int PointCount = (int)LoadShedPoint.ConnectionPoolNewConnection + 1;

    private static readonly string[] s_actions =
    [
        "envoy.overload_actions.stop_accepting_requests",
        "envoy.overload_actions.disable_http_keepalive",
        "envoy.overload_actions.stop_accepting_connections",
        "envoy.overload_actions.reject_incoming_connections",
        "envoy.overload_actions.shrink_heap",
        "envoy.overload_actions.reduce_timeouts",
        "envoy.overload_actions.close_idle_http_connections",
    ];

    private static readonly string[] s_points =
    [
        "envoy.load_shed_points.tcp_listener_accept",
        "envoy.load_shed_points.http_connection_manager_decode_headers",
        "envoy.load_shed_points.hcm_ondata_creating_codec",
        "envoy.load_shed_points.http1_server_abort_dispatch",
        "envoy.load_shed_points.http_downstream_filter_check",
        "envoy.load_shed_points.connection_pool_new_connection",
    ];

    /// <summary>Names of all actions, by their number.</summary>
    public static IReadOnlyList<string> Actions => s_actions;

    /// <summary>Names of all load shed points, by their number.</summary>
    public static IReadOnlyList<string> Points => s_points;

    /// <summary>The name of an action.</summary>
    public static string Of(OverloadAction action) => s_actions[(int)action];

    /// <summary>The name of a load shed point.</summary>
    public static string Of(LoadShedPoint point) => s_points[(int)point];
}
