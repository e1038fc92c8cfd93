using Nuncio.Core.Overload;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>What overload does to connections before there is a request, from configuration to sockets.</summary>
public sealed class OverloadListenerTests : IDisposable
{
    private const string Alive = "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Threshold = "[{ name: injected, threshold: { value: 0.9 } }]";
    private const string Scaled = "[{ name: injected, scaled: { scaling_threshold: 0, saturation_threshold: 1 } }]";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nuncio-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void StopAcceptingConnections_LeavesThemWaitingAndTakesThemLater()
    {
        using ProxyFixture proxy = Make($"actions: [{{ name: envoy.overload_actions.stop_accepting_connections, triggers: {Threshold} }}]");
        SimulatedPeer before = proxy.Connect();
        Assert.EndsWith("alive", proxy.Exchange(before, Alive));

        Press(proxy, 0.95);
        SimulatedPeer client = proxy.Connect();
        Assert.Equal("", proxy.Exchange(client, Alive));
        Assert.False(client.IsClosed);
        Assert.Equal(1, proxy.Counter("listener.web.downstream_cx_total"));
        Assert.EndsWith("alive", proxy.Exchange(before, Alive)); // Who is in, stays in.

        Press(proxy, 0.5);
        Assert.EndsWith("alive", client.ReadText());
        Assert.Equal(2, proxy.Counter("listener.web.downstream_cx_total"));
        Assert.Equal(0, proxy.Counter("listener.web.downstream_cx_overload_reject"));
    }

    [Fact]
    public void RejectIncomingConnections_ClosesAtOnceAndCounts()
    {
        using ProxyFixture proxy = Make($"actions: [{{ name: envoy.overload_actions.reject_incoming_connections, triggers: {Threshold} }}]");
        Press(proxy, 1);
        SimulatedPeer client = proxy.Connect();
        Assert.Equal("", proxy.Exchange(client, Alive));
        Assert.True(client.IsClosed);
        Assert.Equal(1, proxy.Counter("listener.web.downstream_cx_overload_reject"));
        Assert.Equal(0, proxy.Gauge("listener.web.downstream_cx_active"));

        Press(proxy, 0);
        proxy.AssertServesOthers();
        Assert.Equal(1, proxy.Counter("listener.web.downstream_cx_overload_reject"));
    }

    [Fact]
    public void RejectByDegrees_ClosesAShare()
    {
        using ProxyFixture proxy = Make($"actions: [{{ name: envoy.overload_actions.reject_incoming_connections, triggers: {Scaled} }}]");
        Press(proxy, 0.5);
        int closed = 0;
        for (int i = 0; i < 400; i++)
        {
            SimulatedPeer client = proxy.Connect();
            proxy.Run();
            closed += client.IsClosed ? 1 : 0;
            client.Close();
            proxy.Run();
        }

        Assert.InRange(closed, 150, 250);
        Assert.Equal(closed, proxy.Counter("listener.web.downstream_cx_overload_reject"));
    }

    [Fact]
    public void TcpListenerAcceptPoint_ClosesAndCountsWhatItShed()
    {
        using ProxyFixture proxy = Make($"loadshed_points: [{{ name: envoy.load_shed_points.tcp_listener_accept, triggers: {Threshold} }}]");
        Press(proxy, 1);
        SimulatedPeer client = proxy.Connect();
        proxy.Run();
        Assert.True(client.IsClosed);
        Assert.Equal(1, proxy.Counter("overload.envoy.load_shed_points.tcp_listener_accept.shed_load_count"));
        Assert.Equal(100, proxy.Gauge("overload.envoy.load_shed_points.tcp_listener_accept.scale_percent"));
        Press(proxy, 0);
        proxy.AssertServesOthers();
    }

    [Fact]
    public void BypassOverloadManager_IsLeftAlone()
    {
        using ProxyFixture proxy = Make(
            $"""
            actions:
            - name: envoy.overload_actions.stop_accepting_connections
              triggers: {Threshold}
            - name: envoy.overload_actions.reject_incoming_connections
              triggers: {Threshold}
            - name: envoy.overload_actions.stop_accepting_requests
              triggers: {Threshold}
            loadshed_points:
            - name: envoy.load_shed_points.http1_server_abort_dispatch
              triggers: {Threshold}
            """,
            listener: "bypass_overload_manager: true");
        Press(proxy, 1);
        proxy.AssertServesOthers();
    }

    [Fact]
    public void GlobalLimit_IsExactOverWorkersAndFreedByClosing()
    {
        using ProxyFixture proxy = Make("", monitors: Connections(3), workers: 2);
        SimulatedPeer[] clients = [.. Enumerable.Range(0, 3).Select(_ => proxy.Connect())];
        proxy.Run();
        SimulatedPeer fourth = proxy.Connect();
        proxy.Run();
        Assert.True(fourth.IsClosed);
        Assert.All(clients, static c => Assert.False(c.IsClosed));
        Assert.Equal(1, proxy.Counter("listener.web.downstream_global_cx_overflow"));

        clients[1].Close();
        proxy.Run();
        SimulatedPeer fifth = proxy.Connect();
        Assert.EndsWith("alive", proxy.Exchange(fifth, Alive));
        proxy.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(100, proxy.Gauge("overload.envoy.resource_monitors.global_downstream_max_connections.pressure"));
    }

    [Fact]
    public void ListenerThatIgnoresTheGlobalLimit_IsServed()
    {
        using ProxyFixture proxy = Make("", monitors: Connections(1), listener: "ignore_global_conn_limit: true");
        SimulatedPeer one = proxy.Connect();
        SimulatedPeer two = proxy.Connect();
        Assert.EndsWith("alive", proxy.Exchange(one, Alive));
        Assert.EndsWith("alive", proxy.Exchange(two, Alive));
        Assert.Equal(0, proxy.Counter("listener.web.downstream_global_cx_overflow"));
    }

    [Fact]
    public void RuntimeKey_LimitsWithoutAMonitor()
    {
        using var proxy = ProxyFixture.Http(listener: "stat_prefix: web", runtime: new Dictionary<string, int> { [GlobalConnections.RuntimeKeyName] = 1 });
        SimulatedPeer one = proxy.Connect();
        SimulatedPeer two = proxy.Connect();
        Assert.EndsWith("alive", proxy.Exchange(one, Alive));
        Assert.True(two.IsClosed);
        Assert.Equal(1, proxy.Counter("listener.web.downstream_global_cx_overflow"));
    }

    private static string Connections(int limit) => $$"""
        - name: envoy.resource_monitors.global_downstream_max_connections
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig
            max_active_downstream_connections: {{limit}}
        """;

    private ProxyFixture Make(string overload, string? monitors = null, string listener = "", int workers = 1)
    {
        Write(0);
        monitors ??= $$"""
            - name: injected
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.resource_monitors.injected_resource.v3.InjectedResourceConfig
                filename: {{PressureFile}}
            """;
        string yaml = $"overload_manager:\n  resource_monitors:\n{ProxyFixture.Indent(monitors, 2)}\n{ProxyFixture.Indent(overload, 2)}\n";
        return new ProxyFixture(yaml + ProxyFixture.HttpYaml(listener: "stat_prefix: web\n" + listener), workers);
    }

    private string PressureFile => Path.Combine(_folder.FullName, "pressure");

    private void Press(ProxyFixture proxy, double pressure)
    {
        Write(pressure);
        proxy.Advance(TimeSpan.FromSeconds(1));
    }

    private void Write(double pressure) =>
        File.WriteAllText(PressureFile, pressure.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
