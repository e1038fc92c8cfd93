using System.Net.Sockets;
using Nuncio.Integration.Tests.Server;
using Nuncio.Server.CommandLine;

namespace Nuncio.Integration.Tests.Lifecycle;

public sealed class ShutdownTests
{
    [Fact]
    public void RequestInFlight_IsAnsweredWithConnectionCloseBeforeTheEnd()
    {
        using var upstream = new ScriptedUpstream();
        using TestServer server = TestServer.Start(Configs.Http(upstream.Port));
        using RawClient client = server.Connect("http");
        client.Send("GET /proxied HTTP/1.1\r\nhost: a\r\n\r\n");
        using RawClient behind = upstream.Accept();
        behind.ReadRequest();

        server.Instance.Lifecycle.PostShutdown("test");
        HttpReply ready = server.Admin("/ready");
        behind.Send("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nlate");
        HttpReply reply = client.ReadReply();

        Assert.Equal(503, ready.Status);
        Assert.Equal("DRAINING\n", ready.Body);
        Assert.Equal(200, reply.Status);
        Assert.Equal("late", reply.Body);
        Assert.Equal("close", reply.Header("connection"));
        Assert.Equal("", client.ReadToEnd());
        client.Dispose();
        server.WaitForEnd();
        Assert.Equal("all connections are closed", server.Instance.Lifecycle.EndReason);
    }

    [Fact]
    public void NewConnections_AreRefused()
    {
        using var upstream = new ScriptedUpstream();
        using TestServer server = TestServer.Start(Configs.Http(upstream.Port));
        using RawClient client = server.Connect("http");
        client.Send("GET /proxied HTTP/1.1\r\nhost: a\r\n\r\n");
        using RawClient behind = upstream.Accept();
        behind.ReadRequest();
        server.Instance.Lifecycle.PostShutdown("test");
        server.Admin("/ready");

        // Each worker closes its socket when it comes to it; a request answered in the meantime was accepted before.
        SocketException? refused = null;
        for (long until = Environment.TickCount64 + (long)TestServer.Patience.TotalMilliseconds; refused is null && Environment.TickCount64 < until;)
        {
            try
            {
                using RawClient late = server.Connect("http");
            }
            catch (SocketException failure)
            {
                refused = failure;
            }
        }

        Assert.Equal(SocketError.ConnectionRefused, refused?.SocketErrorCode);
    }

    [Fact]
    public void IdleConnections_AreClosedAtOnce()
    {
        using TestServer server = TestServer.Start(Configs.Http(1));
        using RawClient client = server.Connect("http");
        Assert.Equal("direct", client.Get("/direct").Body);

        server.Instance.Lifecycle.PostShutdown("test");

        Assert.Equal("", client.ReadToEnd());
        client.Dispose();
        server.WaitForEnd();
        Assert.Equal("all connections are closed", server.Instance.Lifecycle.EndReason);
    }

    [Fact]
    public void NoConnections_EndsWithoutWaiting()
    {
        using TestServer server = TestServer.Start(Configs.Http(1), new ServerOptions { ShutdownGrace = TimeSpan.FromHours(1) });

        server.Instance.Lifecycle.PostShutdown("test");

        server.WaitForEnd();
    }

    [Fact]
    public void GraceOver_EndsAnyway()
    {
        using var upstream = new ScriptedUpstream();
        using TestServer server = TestServer.Start(Configs.Http(upstream.Port), new ServerOptions { ShutdownGrace = TimeSpan.FromMilliseconds(50) });
        using RawClient client = server.Connect("http");
        client.Send("GET /proxied HTTP/1.1\r\nhost: a\r\n\r\n");
        using RawClient behind = upstream.Accept();
        behind.ReadRequest();

        server.Instance.Lifecycle.PostShutdown("test");

        server.WaitForEnd();
        Assert.Equal("the grace for requests in flight is over", server.Instance.Lifecycle.EndReason);
        Assert.Equal("", client.ReadToEnd());
    }

    [Fact]
    public void SecondSignal_EndsAtOnce()
    {
        using var upstream = new ScriptedUpstream();
        using TestServer server = TestServer.Start(Configs.Http(upstream.Port), new ServerOptions { ShutdownGrace = TimeSpan.FromHours(1) });
        using RawClient client = server.Connect("http");
        client.Send("GET /proxied HTTP/1.1\r\nhost: a\r\n\r\n");
        using RawClient behind = upstream.Accept();
        behind.ReadRequest();

        server.Instance.Lifecycle.PostShutdown("SIGTERM");
        server.Instance.Lifecycle.PostShutdown("SIGTERM");

        server.WaitForEnd();
        Assert.Equal("SIGTERM again", server.Instance.Lifecycle.EndReason);
    }

    [Fact]
    public void GraceOfZero_EndsAtOnceAsEnvoyDoes()
    {
        using var upstream = new ScriptedUpstream();
        using TestServer server = TestServer.Start(Configs.Http(upstream.Port), new ServerOptions { ShutdownGrace = TimeSpan.Zero });
        using RawClient client = server.Connect("http");
        client.Send("GET /proxied HTTP/1.1\r\nhost: a\r\n\r\n");
        using RawClient behind = upstream.Accept();
        behind.ReadRequest();

        server.Instance.Lifecycle.PostShutdown("SIGTERM");

        server.WaitForEnd();
        Assert.Equal("SIGTERM", server.Instance.Lifecycle.EndReason);
    }

    [Fact]
    public void QuitQuitQuit_IsAnsweredAndEnds()
    {
        using TestServer server = TestServer.Start(Configs.Http(1));

        HttpReply reply = server.Admin("/quitquitquit", "POST");

        Assert.Equal("OK\n", reply.Body);
        server.WaitForEnd();
    }

    [Fact]
    public void End_WritesAccessLogs()
    {
        using var folder = new TemporaryFolder();
        string log = folder["access.log"];
        string fields = "access_log: [{ name: file, typed_config: { \"@type\": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: \"" +
            log + "\", log_format: { text_format_source: { inline_string: \"%REQUEST_HEADER(:PATH)% %RESPONSE_CODE%\\n\" } } } }]";
        using TestServer server = TestServer.Start(Configs.Http(1, fields));
        server.Get("http", "/direct");
        server.Get("http", "/nowhere");

        server.Instance.Lifecycle.PostShutdown("test");
        server.WaitForEnd();

        Assert.Equal(["/direct 200", "/nowhere 404"], File.ReadAllLines(log).Order());
    }

    [Fact]
    public void ReopenLogs_WritesToTheNewFile()
    {
        using var folder = new TemporaryFolder();
        string log = folder["access.log"];
        string fields = "access_log: [{ name: file, typed_config: { \"@type\": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: \"" +
            log + "\", log_format: { text_format_source: { inline_string: \"%REQUEST_HEADER(:PATH)%\\n\" } } } }]";
        using TestServer server = TestServer.Start(Configs.Http(1, fields), new ServerOptions { FileFlushInterval = TimeSpan.FromHours(1) });
        server.Get("http", "/direct");
        File.Move(log, folder["old.log"]);

        Assert.Equal("OK\n", server.Admin("/reopen_logs", "POST").Body);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(log), TestServer.Patience), "the log was not opened anew");
        server.Get("http", "/nowhere");
        server.Instance.Lifecycle.PostShutdown("test");
        server.WaitForEnd();

        Assert.Contains("/nowhere", File.ReadAllText(log), StringComparison.Ordinal);
    }
}
