using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Nuncio.Peers.Tests.Support;

namespace Nuncio.Peers.Tests.Socat;

public sealed class SocatTests
{
    [Fact]
    public void TcpProxy_CarriesBothDirections()
    {
        string socat = PeerProgram.Require("socat");
        int port = Ports.Free();
        using ChildProcess upstream = new(socat, [$"TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork", "EXEC:cat"]);
        Await.Listening(Ports.Local(port), upstream);
        using NuncioProcess proxy = new(Configurations.Tcp(Configurations.Address(port)));
        Finished client = ChildProcess.Run(socat, ["-t", "20", "-", $"TCP:127.0.0.1:{proxy.Port()}"], "there and back"u8);
        Assert.Equal("there and back", client.Good().Text);
    }

    [Fact]
    public void UdpProxy_CarriesBothDirections()
    {
        string socat = PeerProgram.Require("socat");
        int port = Ports.Free();
        using ChildProcess upstream = new(socat, [$"UDP-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork", "EXEC:cat"]);
        using NuncioProcess proxy = new(Configurations.Udp(Configurations.Address(port)));

        // Nothing tells when the upstream is there: what is sent before is lost, as datagrams are.
        Await.True(
            "a datagram comes back",
            () => ChildProcess.Run(socat, ["-t", "0.5", "-", $"UDP:127.0.0.1:{proxy.Port()}"], "there and back"u8).Good().Text == "there and back");
        Assert.True(proxy.Stat("udp.udp.downstream_sess_tx_datagrams") > 0);
    }

    [Fact]
    public void ClientEndsAndWaits_TheAnswerToItsEndArrives()
    {
        // wc answers only when its input has ended: without half-close in both directions nothing would ever come.
        string socat = PeerProgram.Require("socat");
        int port = Ports.Free();
        using ChildProcess upstream = new(socat, [$"TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork", "EXEC:wc -c"]);
        Await.Listening(Ports.Local(port), upstream);
        using NuncioProcess proxy = new(Configurations.Tcp(Configurations.Address(port)));
        Finished client = ChildProcess.Run(socat, ["-t", "20", "-", $"TCP:127.0.0.1:{proxy.Port()}"], new byte[123_456]);
        Assert.Equal("123456", client.Good().Text.Trim());
        Await.True("both connections are closed", () => proxy.Stat("cluster.up.upstream_cx_active") == 0);
    }

    [Fact]
    public void UpstreamEndsFirst_TheClientMayStillSend()
    {
        string socat = PeerProgram.Require("socat");
        using Scratch scratch = new();
        int port = Ports.Free();
        using ChildProcess upstream = new(
            socat, ["-t", "20", $"TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork", $"SYSTEM:echo hello; exec >&-; cat > {scratch.PathOf("got")}"]);
        Await.Listening(Ports.Local(port), upstream);
        using NuncioProcess proxy = new(Configurations.Tcp(Configurations.Address(port)));
        using ChildProcess client = new(socat, ["-t", "20", "-", $"TCP:127.0.0.1:{proxy.Port()}"]);
        client.Send("late but "u8);
        client.Send("welcome"u8);
        client.EndInput();
        Assert.Equal("hello\n", client.Wait().Good().Text);
        Await.True(
            "the upstream has everything",
            () => File.Exists(scratch.PathOf("got")) && File.ReadAllText(scratch.PathOf("got")) == "late but welcome");
    }

    [Fact]
    public void UnixDomainSockets_AreProxied()
    {
        string socat = PeerProgram.Require("socat");
        using Scratch scratch = new();
        using ChildProcess upstream = new(socat, [$"UNIX-LISTEN:{scratch.PathOf("up")},fork", "EXEC:cat"]);
        Await.Listening(new UnixDomainSocketEndPoint(scratch.PathOf("up")), upstream);
        using NuncioProcess proxy = new(Configurations.Tcp(Configurations.Address(scratch.PathOf("up")), listen: Configurations.Address(scratch.PathOf("down"))));
        Finished client = ChildProcess.Run(socat, ["-t", "20", "-", $"UNIX-CONNECT:{scratch.PathOf("down")}"], "unix"u8);
        Assert.Equal("unix", client.Good().Text);
    }

    [Fact]
    public void LargeStream_ArrivesUnchanged()
    {
        string socat = PeerProgram.Require("socat");
        using Scratch scratch = new();
        byte[] sent = new byte[64 * 1024 * 1024];
        new Random(5).NextBytes(sent);
        string file = scratch.Write("sent", sent);
        int port = Ports.Free();
        using ChildProcess upstream = new(socat, [$"TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork", "EXEC:sha256sum"]);
        Await.Listening(Ports.Local(port), upstream);
        using NuncioProcess proxy = new(Configurations.Tcp(Configurations.Address(port)));
        Finished client = ChildProcess.Run(socat, ["-t", "20", $"OPEN:{file},rdonly!!STDOUT", $"TCP:127.0.0.1:{proxy.Port()}"]);
        Assert.StartsWith(Convert.ToHexStringLower(SHA256.HashData(sent)), client.Good().Text);
        Assert.Equal(sent.Length, proxy.Stat("tcp.tcp.downstream_cx_rx_bytes_total"));
    }

    [Fact]
    public void UpstreamRefuses_TheClientIsClosedAndTheLogSaysWhy()
    {
        string socat = PeerProgram.Require("socat");
        using Scratch scratch = new();
        string log = scratch.PathOf("log");
        using NuncioProcess proxy = new(Configurations.Tcp(Configurations.Address(Ports.Free()), proxy: $$"""
            access_log:
            - name: envoy.access_loggers.file
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                path: {{log}}
                log_format:
                  text_format_source: { inline_string: "%RESPONSE_FLAGS% %BYTES_SENT% %ACCESS_LOG_TYPE%\n" }
            """));
        Finished client = ChildProcess.Run(socat, ["-t", "20", "-", $"TCP:127.0.0.1:{proxy.Port()}"]);
        Assert.Equal("", client.Text);
        Await.True("the log is written", () => File.Exists(log) && File.ReadAllText(log) == "UF,URX 0 TcpConnectionEnd\n", () => File.ReadAllText(log));
    }

    [Fact]
    public void EchoAndDirectResponse_AnswerBySelf()
    {
        string socat = PeerProgram.Require("socat");
        using NuncioProcess proxy = new("""
            static_resources:
              listeners:
              - name: echo
                address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                filter_chains:
                - filters:
                  - name: envoy.filters.network.echo
                    typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo }
              - name: answer
                address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                filter_chains:
                - filters:
                  - name: envoy.filters.network.direct_response
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.direct_response.v3.Config
                      response: { inline_string: "closed for lunch\n" }
            """);
        byte[] sent = Encoding.ASCII.GetBytes(new string('x', 100_000));
        Assert.Equal(sent, ChildProcess.Run(socat, ["-t", "20", "-", $"TCP:127.0.0.1:{proxy.Port("echo")}"], sent).Good().Output);
        Assert.Equal("closed for lunch\n", ChildProcess.Run(socat, ["-t", "20", "-", $"TCP:127.0.0.1:{proxy.Port("answer")}"], "anything"u8).Good().Text);
    }
}
