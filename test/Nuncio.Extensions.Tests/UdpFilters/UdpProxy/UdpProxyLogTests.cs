using System.Net.Sockets;

namespace Nuncio.Extensions.Tests.UdpFilters.UdpProxy;

/// <summary>Access logs of sessions and of the proxy (UDP-04).</summary>
public sealed class UdpProxyLogTests
{
    private const string SessionFormat =
        "%DYNAMIC_METADATA(udp.proxy.session:cluster_name)% %DYNAMIC_METADATA(udp.proxy.session:bytes_received)% " +
        "%DYNAMIC_METADATA(udp.proxy.session:bytes_sent)% %DYNAMIC_METADATA(udp.proxy.session:datagrams_received)% " +
        "%DYNAMIC_METADATA(udp.proxy.session:datagrams_sent)% %DYNAMIC_METADATA(udp.proxy.session:errors_sent)% " +
        "%BYTES_RECEIVED% %BYTES_SENT% %RESPONSE_FLAGS% %ACCESS_LOG_TYPE%";

    [Fact]
    public void SessionEnd_IsLoggedWithWhatItMoved()
    {
        using var lab = new UdpProxyLab("cluster: up\n" + File("access_log", "/s", SessionFormat + " %DOWNSTREAM_REMOTE_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %UPSTREAM_HOST% %UPSTREAM_CLUSTER% %DURATION%"));
        Socket client = lab.Open();
        lab.Exchange(client, "hello");
        Assert.Equal("", lab.Log("/s"));
        lab.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(
            $"up 5 8 1 1 0 5 8 - UdpSessionEnd {client.LocalEndPoint} {lab.Address} {lab.Upstreams[0].LocalEndPoint} up 60000\n", lab.Log("/s"));
    }

    [Fact]
    public void Overflow_IsLoggedWithItsFlag()
    {
        using var lab = new UdpProxyLab(
            "cluster: up\n" + File("access_log", "/s", SessionFormat), cluster: "circuit_breakers: { thresholds: [ { max_connections: 0 } ] }");
        lab.Send(lab.Open(), "hello");
        Assert.Equal("up 0 0 0 0 0 0 0 UO UdpSessionEnd\n", lab.Log("/s"));
        Assert.Equal(1, lab.Counter("udp.p.downstream_sess_total"));
    }

    [Fact]
    public void Interval_LogsLivingSessions()
    {
        using var lab = new UdpProxyLab(
            "cluster: up\naccess_log_options: { access_log_flush_interval: 10s }\n" + File("access_log", "/s", "%ACCESS_LOG_TYPE%"));
        lab.Exchange(lab.Open(), "hello");
        for (int i = 0; i < 6; i++)
        {
            lab.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal("UdpPeriodic\nUdpPeriodic\nUdpPeriodic\nUdpPeriodic\nUdpPeriodic\n", lab.Log("/s").Replace("UdpPeriodic\nUdpSessionEnd", "UdpSessionEnd", StringComparison.Ordinal).Replace("UdpSessionEnd\n", "", StringComparison.Ordinal));
    }

    [Fact]
    public void ListenerEnd_LogsWhatTheProxyHasCounted()
    {
        string format = string.Join(' ', new[]
        {
            "bytes_sent", "bytes_received", "errors_sent", "errors_received", "datagrams_sent", "datagrams_received", "no_route", "session_total", "idle_timeout",
        }.Select(key => $"%DYNAMIC_METADATA(udp.proxy.proxy:{key})%"));
        using var lab = new UdpProxyLab("cluster: up\n" + File("proxy_access_log", "/p", format));
        lab.Exchange(lab.Open(), "hello");
        lab.Exchange(lab.Open(), "hi");
        lab.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("", lab.Log("/p"));
        lab.Listeners.Remove("dns");
        Assert.Equal("13 7 0 0 2 2 0 2 2\n", lab.Log("/p"));
    }

    private static string File(string field, string path, string format) => $$"""
        {{field}}:
        - name: file
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
            path: {{path}}
            log_format: { text_format_source: { inline_string: "{{format}}\n" } }
        """;
}
