namespace Nuncio.Integration.Tests.Server;

/// <summary>Configurations that tests start servers with. All ports are the system's choice.</summary>
internal static class Configs
{
    private const string Manager = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";

    /// <summary>An admin server, as a top-level field; <paramref name="more"/> is more of its fields, indented by two.</summary>
    internal static string Admin(string more = "") =>
        "admin:\n  address: { socket_address: { address: 127.0.0.1, port_value: 0 } }\n" + more;

    /// <summary>HTTP listener "http" with routes to cluster "upstream", and "/direct" answered at once.</summary>
    internal static string Http(int upstreamPort, string managerFields = "", string admin = "") => $$"""
        {{(admin.Length == 0 ? Admin() : admin)}}
        static_resources:
          listeners:
          - name: http
            address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
            filter_chains:
            - filters:
              - name: envoy.filters.network.http_connection_manager
                typed_config:
                  "@type": {{Manager}}
                  stat_prefix: test
                  {{managerFields}}
                  route_config:
                    name: routes
                    virtual_hosts:
                    - name: all
                      domains: ["*"]
                      routes:
                      - match: { path: /direct }
                        direct_response: { status: 200, body: { inline_string: "direct" } }
                      - match: { prefix: /proxied }
                        route: { cluster: upstream }
                  http_filters:
                  - name: envoy.filters.http.router
                    typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
          clusters:
          - name: upstream
            connect_timeout: 5s
            load_assignment:
              cluster_name: upstream
              endpoints:
              - lb_endpoints:
                - endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: {{upstreamPort}} } } }
        """;

    /// <summary>TCP listener "tcp" to cluster "upstream".</summary>
    internal static string Tcp(int upstreamPort) => $$"""
        {{Admin()}}
        static_resources:
          listeners:
          - name: tcp
            address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
            filter_chains:
            - filters:
              - name: envoy.filters.network.tcp_proxy
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                  stat_prefix: tcp
                  cluster: upstream
          clusters:
          - name: upstream
            connect_timeout: 5s
            load_assignment:
              cluster_name: upstream
              endpoints:
              - lb_endpoints:
                - endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: {{upstreamPort}} } } }
        """;
}
