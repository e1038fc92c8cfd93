using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Nuncio.IO.Sockets;
using Nuncio.Integration.Tests.Server;
using Nuncio.Server.CommandLine;
using Nuncio.Server.HotRestart;

namespace Nuncio.Integration.Tests.HotRestart;

/// <summary>A server that takes over from another one, and everything that can go wrong between them.</summary>
public sealed class TakeOverTests
{
    private readonly ServerOptions _options = new()
    {
        SocketPath = "@nuncio-test-" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture),
        AsksForHotRestart = true,
        DrainTime = TimeSpan.FromSeconds(1),
        DrainStrategy = DrainStrategy.Immediate,
    };

    private ServerOptions Second => _options with { RestartEpoch = 1 };

    [Fact]
    public void NewConnections_GoToTheNewProcess_AndTheOldOneEndsByItself()
    {
        using RestartServer old = RestartServer.Start(Configs.Http(1), _options);
        using RestartServer young = RestartServer.Start(Same(old), Second);

        Assert.Equal("direct", young.Get("http", "/direct").Body);
        old.WaitForEnd();
        Assert.Equal("direct", young.Get("http", "/direct").Body);
        Assert.Equal(2, young.Counter("http.test.downstream_rq_total"));
        Assert.Equal(0, young.Counter("listener_manager.listener_create_failure"));
    }

    [Fact]
    public void ConnectionsInTheKernelsQueue_AreNotLost()
    {
        using RestartServer old = RestartServer.Start(Configs.Http(1), _options);
        int port = old.Port("http");
        int adminPort = old.AdminPort;
        using RestartServer young = RestartServer.Start(Same(old), Second);
        int answered = 0;
        for (int i = 0; i < 200; i++)
        {
            using var client = new RawClient(port);
            answered += client.Get("/direct").Status == 200 ? 1 : 0;
        }

        Assert.Equal(200, answered);
        Assert.Equal(adminPort, young.AdminPort);
        using var admin = new RawClient(adminPort);
        Assert.Equal("LIVE\n", admin.Get("/ready").Body);
    }

    [Fact]
    public void DatagramSocketThatOnlyOneMayBind_IsTakenOver()
    {
        using var upstream = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        upstream.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        upstream.ReceiveTimeout = (int)TestServer.Patience.TotalMilliseconds;
        string yaml = $$"""
            static_resources:
              listeners:
              - name: udp
                enable_reuse_port: false
                address: { socket_address: { protocol: UDP, address: 127.0.0.1, port_value: 0 } }
                listener_filters:
                - name: udp
                  typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig, stat_prefix: u, cluster: up }
              clusters:
              - name: up
                load_assignment: { cluster_name: up, endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { protocol: UDP, address: 127.0.0.1, port_value: {{((IPEndPoint)upstream.LocalEndPoint!).Port}} } } } }] }] }
            """;
        using RestartServer old = RestartServer.Start(yaml, _options with { Concurrency = 1 });
        int port = old.Port("udp");
        yaml = yaml.Replace("port_value: 0 }", $"port_value: {port} }}", StringComparison.Ordinal);
        using RestartServer young = RestartServer.Start(yaml, Second with { Concurrency = 1 });
        old.WaitForEnd();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        client.SendTo("hello"u8, new IPEndPoint(IPAddress.Loopback, port));
        byte[] got = new byte[10];
        Assert.Equal(5, upstream.Receive(got));
        Assert.Equal(1, young.Gauge("udp.u.downstream_sess_active"));
    }

    [Fact]
    public void ConnectionOfTheOldProcess_IsServedAndToldToGo()
    {
        using RestartServer old = RestartServer.Start(Configs.Http(1), _options);
        using RawClient client = old.Connect("http");
        Assert.Null(client.Get("/direct").Header("connection"));
        using RestartServer young = RestartServer.Start(Same(old), Second);
        RestartServer.Await(() => young.Gauge("server.parent_connections") == 1, "the old process's connection was not counted");

        HttpReply reply = client.Get("/direct");

        Assert.Equal(200, reply.Status);
        Assert.Equal("close", reply.Header("connection"));
        Assert.Equal("", client.ReadToEnd());
        client.Dispose();
        old.WaitForEnd();
        RestartServer.Await(() => young.Gauge("server.parent_connections") == 0, "the old process is still counted");
    }

    [Fact]
    public void RequestInFlight_IsAnsweredByTheOldProcess()
    {
        using var upstream = new ScriptedUpstream();
        using RestartServer old = RestartServer.Start(Configs.Http(upstream.Port), _options);
        using RawClient client = old.Connect("http");
        client.Send("GET /proxied HTTP/1.1\r\nhost: a\r\n\r\n");
        using RawClient behind = upstream.Accept();
        behind.ReadRequest();

        using RestartServer young = RestartServer.Start(Same(old), Second);
        behind.Send("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nlate");

        Assert.Equal("late", client.ReadReply().Body);
        client.Dispose();
        behind.Dispose();
        old.WaitForEnd();
    }

    [Fact]
    public void ParentShutdownTime_EndsTheOldProcessWithItsConnections()
    {
        using var upstream = new ScriptedUpstream();
        using RestartServer old = RestartServer.Start(Configs.Tcp(upstream.Port), _options with { ShutdownGrace = TimeSpan.FromMilliseconds(1) });
        using RawClient client = old.Connect("tcp");
        using RawClient behind = upstream.Accept();
        client.Send("x");
        Assert.Equal("x", behind.Read(1));

        using RestartServer young = RestartServer.Start(Same(old), Second with { ParentShutdownTime = TimeSpan.FromMilliseconds(100) });

        old.WaitForEnd();
        Assert.Equal("", client.ReadToEnd());
    }

    [Fact]
    public void Statistics_AreAddedUp()
    {
        using RestartServer old = RestartServer.Start(Configs.Http(1), _options);
        using RawClient client = old.Connect("http");
        client.Get("/direct");
        using RestartServer young = RestartServer.Start(Same(old), Second);

        RestartServer.Await(() => young.Counter("http.test.downstream_rq_total") == 1, "the old process's request is not counted");
        Assert.Equal(1, young.Gauge("http.test.downstream_cx_active"));
        Assert.Equal(1, young.Gauge("server.hot_restart_epoch"));
        Assert.Equal(2, young.Gauge("server.hot_restart_generation"));
        Assert.Equal(1, old.Gauge("server.hot_restart_generation"));
        client.Get("/direct");
        client.Dispose();

        RestartServer.Await(() => young.Counter("http.test.downstream_rq_total") == 2, "the old process's last request is not counted");
        old.WaitForEnd();
        RestartServer.Await(() => young.Gauge("http.test.downstream_cx_active") == 0, "the old process's gauges go on counting");
        Assert.Equal(2, young.Counter("http.test.downstream_rq_total"));
    }

    [Fact]
    public void SkipParentStats_TakesNone()
    {
        using RestartServer old = RestartServer.Start(Configs.Http(1), _options);
        using RawClient client = old.Connect("http");
        client.Get("/direct");
        using RestartServer young = RestartServer.Start(Same(old), Second with { SkipHotRestartParentStats = true });

        RestartServer.Await(() => young.Gauge("server.parent_connections") == 1, "the old process was not asked");
        Assert.Equal(0, young.Counter("http.test.downstream_rq_total"));
        Assert.Equal(0, young.Gauge("http.test.downstream_cx_active"));
    }

    [Fact]
    public void ThirdProcess_EndsTheFirst()
    {
        using RestartServer first = RestartServer.Start(Configs.Http(1), _options);
        using RawClient client = first.Connect("http");
        client.Get("/direct");
        string yaml = Same(first);
        using RestartServer second = RestartServer.Start(yaml, Second);
        using RestartServer third = RestartServer.Start(yaml, _options with { RestartEpoch = 2 });

        first.WaitForEnd();
        second.WaitForEnd();
        Assert.Equal("direct", third.Get("http", "/direct").Body);
        Assert.Equal(3, third.Gauge("server.hot_restart_generation"));
    }

    [Fact]
    public void Epochs_GoOnBeyondThreeNames()
    {
        RestartServer last = RestartServer.Start(Configs.Http(1), _options);
        string yaml = Same(last);
        for (uint epoch = 1; epoch < 5; epoch++)
        {
            RestartServer next = RestartServer.Start(yaml, _options with { RestartEpoch = epoch });
            last.WaitForEnd();
            last.Dispose();
            last = next;
        }

        Assert.Equal("direct", last.Get("http", "/direct").Body);
        Assert.Equal(5, last.Gauge("server.hot_restart_generation"));
        last.Dispose();
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    public void OtherNumberOfWorkers_AcceptsFromEverySocket(int before, int after)
    {
        using RestartServer old = RestartServer.Start(Configs.Http(1), _options with { Concurrency = before });
        using RestartServer young = RestartServer.Start(Same(old), Second with { Concurrency = after });
        old.WaitForEnd();

        Assert.Equal(3, young.Instance.Listeners.GetListenSockets().Count);
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal("direct", young.Get("http", "/direct").Body);
        }
    }

    [Fact]
    public void EndOfTheNewProcess_EndsTheOldOneToo()
    {
        using RestartServer old = RestartServer.Start(Configs.Http(1), _options);
        using RawClient client = old.Connect("http");
        client.Get("/direct");
        RestartServer young = RestartServer.Start(Same(old), Second);
        young.Dispose();

        old.WaitForEnd();
        Assert.Equal("", client.ReadToEnd());
    }

    [Fact]
    public void ChildThatDiesBeforeItIsReady_ChangesNothing()
    {
        using RestartServer old = RestartServer.Start(Configs.Http(1), _options);
        string yaml = Same(old);
        using (RestartChannel channel = Greet(1))
        {
            channel.Writer.Begin(RestartMessage.GetSockets);
            var sockets = new List<int>();
            Assert.True(channel.TrySend(TestServer.Patience));
            Assert.Equal(RestartMessage.Sockets, new MessageReader(channel.Receive(sockets, TestServer.Patience)).Kind);
            Assert.Equal(3, sockets.Count); // Two workers' and the admin's.
            sockets.ForEach(MessageSocket.Close);
        }

        Assert.Equal("direct", old.Get("http", "/direct").Body);
        Assert.Null(old.Get("http", "/direct").Header("connection"));
        using RestartServer young = RestartServer.Start(yaml, Second);
        old.WaitForEnd();
    }

    [Fact]
    public void ChildWithAnErrorInItsConfiguration_ChangesNothing()
    {
        using RestartServer old = RestartServer.Start(Configs.Http(1), _options);

        Assert.Null(RestartServer.TryStart(Same(old).Replace("prefix: /proxied", "prefix: 7x", StringComparison.Ordinal)
            .Replace("cluster: upstream", "cluster: nowhere", StringComparison.Ordinal), Second, out string? error));

        Assert.Contains("nowhere", error, StringComparison.Ordinal);
        Assert.Equal("direct", old.Get("http", "/direct").Body);
    }

    [Fact]
    public void SecondChild_IsRefusedWhileTheFirstStarts()
    {
        using RestartServer old = RestartServer.Start(Configs.Http(1), _options);
        using RestartChannel first = Greet(1);

        Assert.Null(RestartServer.TryStart(Same(old), Second, out string? error));
        Assert.EndsWith("refuses: another process is taking over already", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RestartProtocol.Version, 2, "it has epoch 0, so the next one is 1, not 2")]
    [InlineData(RestartProtocol.Version, 0, "it has epoch 0, so the next one is 1, not 0")]
    [InlineData(RestartProtocol.Version + 1, 1, "it speaks version 1 of hot restart, this process version 2")]
    public void WrongGreeting_IsRefused(uint version, long epoch, string reason)
    {
        using RestartServer old = RestartServer.Start(Configs.Http(1), _options);
        using RestartChannel channel = Connect();
        channel.Writer.Begin(RestartMessage.Hello).Number(version).Number(epoch).Number(1);
        Assert.True(channel.TrySend(TestServer.Patience));

        var answer = new MessageReader(channel.Receive([], TestServer.Patience));

        Assert.Equal(RestartMessage.Refused, answer.Kind);
        Assert.Equal(reason, answer.Text());
    }

    [Theory]
    [InlineData((byte)RestartMessage.None)]
    [InlineData((byte)RestartMessage.Hello)]
    [InlineData((byte)RestartMessage.GetSockets)]
    [InlineData((byte)RestartMessage.GetStats)]
    [InlineData((byte)RestartMessage.Drain)]
    [InlineData((byte)RestartMessage.Terminate)]
    [InlineData((byte)RestartMessage.Upgrade)]
    [InlineData((byte)RestartMessage.Welcome)]
    public void MessageOutOfPlace_IsRefusedAndChangesNothing(byte kind)
    {
        using RestartServer old = RestartServer.Start(Configs.Http(1), _options);
        using RestartChannel channel = Connect();
        channel.Writer.Begin((RestartMessage)kind);
        Assert.True(channel.TrySend(TestServer.Patience));

        Assert.Equal(RestartMessage.Refused, new MessageReader(channel.Receive([], TestServer.Patience)).Kind);
        Assert.Equal("direct", old.Get("http", "/direct").Body);
    }

    [Theory]
    [InlineData("/bin/sleep", "100", "the new process did not become ready in time and was killed")]
    [InlineData("/bin/false", "x", "the new process ended with code 1 before it was ready; its log says why")]
    [InlineData("/no/such/file", "", "cannot start /no/such/file: ")]
    public void UpgradeToSomethingElse_IsSaidAndChangesNothing(string executable, string argument, string reason)
    {
        using RestartServer old = RestartServer.Start(Configs.Http(1), _options);
        using RestartChannel channel = Connect();
        int patience = executable == "/bin/sleep" ? 50 : 20_000;
        channel.Writer.Begin(RestartMessage.Upgrade).Number(patience).Text(executable).Text(argument);
        Assert.True(channel.TrySend(TestServer.Patience));

        var answer = new MessageReader(channel.Receive([], TestServer.Patience));
        while (answer.Kind == RestartMessage.Progress)
        {
            answer = new MessageReader(channel.Receive([], TestServer.Patience));
        }

        Assert.Equal(RestartMessage.Refused, answer.Kind);
        Assert.StartsWith(reason, answer.Text(), StringComparison.Ordinal);
        Assert.Equal("direct", old.Get("http", "/direct").Body);
        using RestartServer young = RestartServer.Start(Same(old), Second);
        old.WaitForEnd();
    }

    [Fact]
    public void TooManyConnections_AreClosed()
    {
        using RestartServer old = RestartServer.Start(Configs.Http(1), _options);
        List<RestartChannel> open = [.. Enumerable.Range(0, 8).Select(_ => Greeted())];
        using (RestartChannel ninth = Connect())
        {
            Assert.Equal(RestartMessage.None, new MessageReader(ninth.Receive([], TestServer.Patience)).Kind);
        }

        open.ForEach(static c => c.Close());
        using RestartServer young = RestartServer.Start(Same(old), Second);
        old.WaitForEnd();

        RestartChannel Greeted()
        {
            RestartChannel channel = Connect();
            channel.Writer.Begin(RestartMessage.GetStatus);
            Assert.True(channel.TrySend(TestServer.Patience));
            Assert.Equal(RestartMessage.Status, new MessageReader(channel.Receive([], TestServer.Patience)).Kind);
            return channel;
        }
    }

    [Fact]
    public void NoParent_IsAnError()
    {
        Assert.Null(RestartServer.TryStart(Configs.Http(1), Second, out string? error));
        Assert.Equal(
            $"--restart-epoch: no process of epoch 0 answers at '{_options.SocketPath}_parent_0': Connection refused; " +
            "--skip-hot-restart-on-no-parent starts without it",
            error);
    }

    [Fact]
    public void NoParentAndTold_StartsColdWithItsEpoch()
    {
        using RestartServer young = RestartServer.Start(Configs.Http(1), Second with { SkipHotRestartOnNoParent = true });

        Assert.Equal("direct", young.Get("http", "/direct").Body);
        Assert.Equal(1, young.Gauge("server.hot_restart_epoch"));
        Assert.Equal(1, young.Gauge("server.hot_restart_generation"));
    }

    [Fact]
    public void BaseIdInUse_IsAnErrorWhereHotRestartIsWanted()
    {
        using RestartServer first = RestartServer.Start(Configs.Http(1), _options);

        Assert.Null(RestartServer.TryStart(Configs.Http(1), _options, out string? error));
        Assert.Equal($"--base-id: another instance has base id 0 ('{_options.SocketPath}_parent_0' is taken)", error);
        using RestartServer other = RestartServer.Start(Configs.Http(1), _options with { BaseId = 1 });
        using RestartServer careless = RestartServer.Start(Configs.Http(1), _options with { AsksForHotRestart = false });
        Assert.Equal("direct", careless.Get("http", "/direct").Body);
    }

    [Fact]
    public void DynamicBaseId_IsWrittenAndFound()
    {
        using var folder = new TemporaryFolder();
        ServerOptions options = _options with { UseDynamicBaseId = true, BaseIdPath = folder["id"] };
        using RestartServer first = RestartServer.Start(Configs.Http(1), options);
        uint id = uint.Parse(File.ReadAllText(folder["id"]), CultureInfo.InvariantCulture);
        using RestartServer other = RestartServer.Start(Configs.Http(1), options);
        Assert.NotEqual(id, uint.Parse(File.ReadAllText(folder["id"]), CultureInfo.InvariantCulture));

        using RestartServer young = RestartServer.Start(Same(first), Second with { BaseId = id });
        first.WaitForEnd();
        Assert.False(other.HasEnded);
    }

    [Fact]
    public void Disabled_TakesNoName()
    {
        using RestartServer first = RestartServer.Start(Configs.Http(1), _options with { DisableHotRestart = true });
        using RestartServer second = RestartServer.Start(Configs.Http(1), _options);

        Assert.Equal("direct", first.Get("http", "/direct").Body);
        Assert.Equal("direct", second.Get("http", "/direct").Body);
    }

    [Fact]
    public void SocketPathOfAFile_IsRemovedAtTheEnd()
    {
        using var folder = new TemporaryFolder();
        ServerOptions options = _options with { SocketPath = folder["socket"] };
        using RestartServer old = RestartServer.Start(Configs.Http(1), options);
        Assert.True(File.Exists(folder["socket_parent_0"]));
        using (RestartServer.Start(Same(old), options with { RestartEpoch = 1 }))
        {
            old.WaitForEnd();
            Assert.False(File.Exists(folder["socket_parent_0"]));
            Assert.True(File.Exists(folder["socket_parent_1"]));
        }

        Assert.False(File.Exists(folder["socket_parent_1"]));
    }

    /// <summary>The configuration of a running server with the ports that it got.</summary>
    private static string Same(RestartServer server)
    {
        string[] parts = (server.Instance.Listeners.Listeners[0].Config.Name == "tcp" ? Configs.Tcp(1) : Configs.Http(1)).Split("port_value: 0");
        Assert.Equal(3, parts.Length);
        return parts[0] + "port_value: " + server.AdminPort.ToString(CultureInfo.InvariantCulture) +
            parts[1] + "port_value: " + server.Port(server.Instance.Listeners.Listeners[0].Config.Name).ToString(CultureInfo.InvariantCulture) + parts[2];
    }

    private RestartChannel Connect()
    {
        Assert.True(RestartProtocol.TryName(_options.SocketPath, 0, 0, 0, out NetworkAddress? name));
        RestartChannel? channel = RestartChannel.Connect(name!, out string? error);
        Assert.True(channel is not null, error);
        return channel;
    }

    private RestartChannel Greet(long epoch)
    {
        RestartChannel channel = Connect();
        channel.Writer.Begin(RestartMessage.Hello).Number(RestartProtocol.Version).Number(epoch).Number(1);
        Assert.True(channel.TrySend(TestServer.Patience));
        Assert.Equal(RestartMessage.Welcome, new MessageReader(channel.Receive([], TestServer.Patience)).Kind);
        return channel;
    }
}
