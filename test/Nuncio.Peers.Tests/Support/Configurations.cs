namespace Nuncio.Peers.Tests.Support;

/// <summary>Bootstraps that many tests share, as a user would write them.</summary>
internal static class Configurations
{
    /// <summary>HTTP from the listener "main" to the cluster "up".</summary>
    internal static string Http(string upstream, string listen = "socket_address: { address: 127.0.0.1, port_value: 0 }", string manager = "", string routes = "") => $$"""
        static_resources:
          listeners:
          - name: main
            address:
              {{listen}}
            filter_chains:
            - filters:
              - name: envoy.filters.network.http_connection_manager
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: web
        {{Indented(manager, 10)}}
                  route_config:
                    virtual_hosts:
                    - name: all
                      domains: ["*"]
                      routes:
        {{Indented(routes, 14)}}
                      - match: { prefix: / }
                        route: { cluster: up }
                  http_filters:
                  - name: envoy.filters.http.router
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
          clusters:
        {{Cluster(upstream)}}
        """;

    /// <summary>TCP from the listener "main" to the cluster "up".</summary>
    internal static string Tcp(string upstream, string listen = "socket_address: { address: 127.0.0.1, port_value: 0 }", string proxy = "") => $$"""
        static_resources:
          listeners:
          - name: main
            address:
              {{listen}}
            filter_chains:
            - filters:
              - name: envoy.filters.network.tcp_proxy
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                  stat_prefix: tcp
                  cluster: up
        {{Indented(proxy, 10)}}
          clusters:
        {{Cluster(upstream)}}
        """;

    /// <summary>UDP from the listener "main" to the cluster "up".</summary>
    internal static string Udp(string upstream) => $$"""
        static_resources:
          listeners:
          - name: main
            address:
              socket_address: { protocol: UDP, address: 127.0.0.1, port_value: 0 }
            listener_filters:
            - name: envoy.filters.udp_listener.udp_proxy
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig
                stat_prefix: udp
                cluster: up
          clusters:
        {{Cluster(upstream)}}
        """;

    /// <summary>The address of a port on the loopback interface, or of a Unix domain socket.</summary>
    internal static string Address(int port) => $"socket_address: {{ address: 127.0.0.1, port_value: {port} }}";

    internal static string Address(string path) => $"pipe: {{ path: {path} }}";

    private static string Cluster(string upstream) => $$"""
          - name: up
            connect_timeout: 5s
            load_assignment:
              cluster_name: up
              endpoints:
              - lb_endpoints:
                - endpoint:
                    address:
                      {{upstream}}
        """;

    private static string Indented(string text, int by) =>
        string.Join('\n', text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => new string(' ', by) + line));
}
