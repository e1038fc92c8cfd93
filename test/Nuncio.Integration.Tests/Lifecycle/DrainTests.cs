using Nuncio.Integration.Tests.Server;
using Nuncio.Server.CommandLine;

namespace Nuncio.Integration.Tests.Lifecycle;

public sealed class DrainTests
{
    [Fact]
    public void HealthCheckFail_TellsClientsToGoUntilOk()
    {
        using TestServer server = TestServer.Start(Configs.Http(1));
        Assert.Null(server.Get("http", "/direct").Header("connection"));

        Assert.Equal("OK\n", server.Admin("/healthcheck/fail", "POST").Body);
        Assert.Equal(503, server.Admin("/ready").Status);
        Assert.Equal("close", server.Get("http", "/direct").Header("connection"));
        Assert.Equal(0, server.Instance.Stats.GaugeValue("server.live"));
        Assert.Equal(1, server.Instance.Stats.GaugeValue("server.state"));

        Assert.Equal("OK\n", server.Admin("/healthcheck/ok", "POST").Body);
        Assert.Equal("LIVE\n", server.Admin("/ready").Body);
        Assert.Null(server.Get("http", "/direct").Header("connection"));
        Assert.Equal(1, server.Instance.Stats.GaugeValue("server.live"));
    }

    [Fact]
    public void GracefulDrainByImmediateStrategy_TellsEveryoneAndKeepsListening()
    {
        using TestServer server = TestServer.Start(Configs.Http(1), new ServerOptions { DrainStrategy = DrainStrategy.Immediate });

        Assert.Equal("OK\n", server.Admin("/drain_listeners?graceful", "POST").Body);

        Assert.Equal("close", server.Get("http", "/direct").Header("connection"));
        Assert.Equal("LIVE\n", server.Admin("/ready").Body);
    }

    [Fact]
    public void GradualDrain_TellsNobodyInTheFirstMoments()
    {
        using TestServer server = TestServer.Start(Configs.Http(1), new ServerOptions { DrainTime = TimeSpan.FromDays(1000) });

        server.Admin("/drain_listeners?graceful", "POST");

        Assert.Null(server.Get("http", "/direct").Header("connection"));
    }

    [Fact]
    public void GracefulDrain_StopsListeningAfterItsTime()
    {
        using TestServer server = TestServer.Start(Configs.Http(1), new ServerOptions { DrainTime = TimeSpan.FromMilliseconds(20) });

        server.Admin("/drain_listeners?graceful", "POST");

        Assert.True(SpinWait.SpinUntil(() => server.Instance.Stats.CounterValue("listener_manager.listener_stopped") == 1, TestServer.Patience));
    }

    [Fact]
    public void InboundOnly_LeavesOthersListening()
    {
        using TestServer server = TestServer.Start(Configs.Http(1));

        server.Admin("/drain_listeners?inboundonly", "POST");
        server.Admin("/drain_listeners?inboundonly&graceful", "POST");

        Assert.Equal("direct", server.Get("http", "/direct").Body);
        Assert.Equal(0, server.Instance.Stats.CounterValue("listener_manager.listener_stopped"));
    }

    [Fact]
    public void NotGraceful_LeavesConnectionsAlone()
    {
        using TestServer server = TestServer.Start(Configs.Http(1));
        using RawClient client = server.Connect("http");
        client.Get("/direct");

        Assert.Equal("OK\n", server.Admin("/drain_listeners", "POST").Body);
        Assert.Equal("OK\n", server.Admin("/drain_listeners", "POST").Body);

        Assert.Equal("direct", client.Get("/direct").Body);
        Assert.Equal(1, server.Instance.Stats.CounterValue("listener_manager.listener_stopped"));
    }

    [Fact]
    public void SkipExitWithoutGraceful_Answers400()
    {
        using TestServer server = TestServer.Start(Configs.Http(1));

        HttpReply reply = server.Admin("/drain_listeners?skip_exit", "POST");

        Assert.Equal(400, reply.Status);
        Assert.Equal("skip_exit requires graceful\n", reply.Body);
    }
}
