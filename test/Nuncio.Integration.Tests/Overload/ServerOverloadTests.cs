using System.Globalization;
using Nuncio.Integration.Tests.Server;

namespace Nuncio.Integration.Tests.Overload;

/// <summary>A real server whose load is a number in a file: every action goes on with it and off again.</summary>
public sealed class ServerOverloadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ServerOverloadTests() => Press(0);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void StopAcceptingRequests_AnswersOverloadedUntilThePressureFalls()
    {
        using TestServer server = Start("stop_accepting_requests");
        using RawClient client = server.Connect("http");
        Assert.Equal(200, client.Get("/direct").Status);

        Saturate(server, "stop_accepting_requests", on: true);
        WaitFor(() => server.Get("http", "/direct").Status == 503);
        HttpReply reply = client.Get("/direct");
        Assert.Equal(503, reply.Status);
        Assert.Equal("envoy overloaded", reply.Body);
        Assert.True(server.Instance.Stats.CounterValue("http.test.downstream_rq_overload_close") > 0);

        Saturate(server, "stop_accepting_requests", on: false);
        WaitFor(() => server.Get("http", "/direct").Status == 200);
        Assert.Equal(200, client.Get("/direct").Status);
    }

    [Fact]
    public void DisableHttpKeepAlive_ClosesAfterTheResponse()
    {
        using TestServer server = Start("disable_http_keepalive");
        using RawClient client = server.Connect("http");
        Assert.Null(client.Get("/direct").Header("connection"));

        Saturate(server, "disable_http_keepalive", on: true);
        WaitFor(() => server.Get("http", "/direct").Header("connection") == "close");
        Assert.Equal("close", client.Get("/direct").Header("connection"));
        Assert.Equal("", client.ReadToEnd());
        Assert.True(server.Instance.Stats.CounterValue("http.test.downstream_cx_overload_disable_keepalive") > 0);

        Saturate(server, "disable_http_keepalive", on: false);
        WaitFor(() => server.Get("http", "/direct").Header("connection") is null);
    }

    [Fact]
    public void StopAcceptingConnections_ServesThemWhenThePressureFalls()
    {
        using TestServer server = Start("stop_accepting_connections");
        using RawClient inside = server.Connect("http");
        Assert.Equal(200, inside.Get("/direct").Status);

        Saturate(server, "stop_accepting_connections", on: true);
        WaitFor(() => server.Instance.Overload!.Manager.Connections.Count == 1);
        var waiting = new List<RawClient>();
        for (int i = 0; i < 8; i++)
        {
            waiting.Add(server.Connect("http"));
            waiting[^1].Send("GET /direct HTTP/1.1\r\nhost: test\r\n\r\n");
        }

        Assert.Equal(200, inside.Get("/direct").Status); // The workers live, and yet:
        Assert.Equal(1, server.Instance.Overload!.Manager.Connections.Count);

        Saturate(server, "stop_accepting_connections", on: false);
        foreach (RawClient client in waiting)
        {
            Assert.Equal(200, client.ReadReply().Status);
            client.Dispose();
        }
    }

    [Fact]
    public void RejectIncomingConnections_ClosesAndCountsThem()
    {
        using TestServer server = Start("reject_incoming_connections");
        Saturate(server, "reject_incoming_connections", on: true);
        WaitFor(() =>
        {
            using RawClient client = server.Connect("http");
            return client.ReadToEnd().Length == 0 && Rejected(server) >= 3;
        });

        Saturate(server, "reject_incoming_connections", on: false);
        long rejected = Rejected(server);
        Assert.Equal(200, server.Get("http", "/direct").Status);
        Assert.Equal(rejected, Rejected(server));
    }

    [Fact]
    public void FileWithoutANumber_IsCountedAndLeavesTheActionOn()
    {
        using TestServer server = Start("stop_accepting_requests");
        Saturate(server, "stop_accepting_requests", on: true);
        File.WriteAllText(_folder["pressure"], "a lot");
        WaitFor(() => server.Instance.Stats.CounterValue("overload.injected.failed_updates") > 2);
        Assert.Equal(503, server.Get("http", "/direct").Status);
    }

    private static void WaitFor(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TestServer.Patience));

    private static long Rejected(TestServer server) => server.Instance.Stats.CounterValue("listener.127.0.0.1_0.downstream_cx_overload_reject");

    private TestServer Start(string action) => TestServer.Start($$"""
        {{Configs.Http(1)}}
        overload_manager:
          refresh_interval: 0.01s
          resource_monitors:
          - name: injected
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.resource_monitors.injected_resource.v3.InjectedResourceConfig
              filename: {{_folder["pressure"]}}
          actions:
          - name: envoy.overload_actions.{{action}}
            triggers: [{ name: injected, threshold: { value: 0.9 } }]
        """);

    /// <summary>Sets the pressure, and waits until the main thread and then both workers know.</summary>
    private void Saturate(TestServer server, string action, bool on)
    {
        Press(on ? 0.95 : 0.1);
        WaitFor(() => server.Instance.Stats.GaugeValue($"overload.envoy.overload_actions.{action}.active") == (on ? 1 : 0));

        // Published with the gauge, and done by the time that something posted behind it is.
        using var done = new CountdownEvent(server.Instance.WorkerDispatchers.Count);
        server.Instance.MainDispatcher.Post(() =>
        {
            foreach (Nuncio.IO.Events.Dispatcher worker in server.Instance.WorkerDispatchers)
            {
                worker.Post(() => done.Signal());
            }
        });
        Assert.True(done.WaitHandle.WaitOne(TestServer.Patience));
    }

    private void Press(double pressure)
    {
        string next = _folder["next"];
        File.WriteAllText(next, pressure.ToString(CultureInfo.InvariantCulture));
        File.Move(next, _folder["pressure"], overwrite: true);
    }
}
