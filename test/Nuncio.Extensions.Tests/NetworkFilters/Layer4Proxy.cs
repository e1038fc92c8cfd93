using Nuncio.Extensions.Tests.Component;

namespace Nuncio.Extensions.Tests.NetworkFilters;

/// <summary>A whole proxy with one listener that has the filters under test before an echo, and an access log of its connections.</summary>
internal static class Layer4Proxy
{
    private const string Echo = """
        - name: echo
          typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo }
        """;

    /// <summary>Fragments are YAML lists, indented by nothing. The log at <c>/log</c> has flags and termination details.</summary>
    internal static ProxyFixture Start(string filters = "", string listenerFilters = "[]", string last = Echo, int workers = 1) => new(
        $$"""
        static_resources:
          listeners:
          - name: l4
            address: { socket_address: { address: 10.0.0.1, port_value: 10000 } }
            access_log:
            - name: file
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                path: /log
                log_format: { text_format_source: { inline_string: "%RESPONSE_FLAGS% %CONNECTION_TERMINATION_DETAILS%\n" } }
            listener_filters:
        {{ProxyFixture.Indent(listenerFilters, 6)}}
            filter_chains:
            - filters:
        {{ProxyFixture.Indent(filters, 6)}}
        {{ProxyFixture.Indent(last, 6)}}
          clusters:
          - name: up
            connect_timeout: 1s
            load_assignment:
              cluster_name: up
              endpoints:
              - lb_endpoints:
                - endpoint: { address: { socket_address: { address: 10.0.0.2, port_value: 8080 } } }
        """,
        workers);

    /// <summary>A TCP proxy to the usual cluster, with its own log at <c>/tcp</c>.</summary>
    internal const string TcpProxy = """
        - name: tcp
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
            stat_prefix: tcp
            cluster: up
            access_log:
            - name: file
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                path: /tcp
                log_format: { text_format_source: { inline_string: "%RESPONSE_FLAGS% %CONNECTION_TERMINATION_DETAILS%\n" } }
        """;
}
