using System.Diagnostics;
using System.Text;
using Nuncio.Base.Random;
using Nuncio.Base.Time;
using Nuncio.IO.Events;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;
using Nuncio.IO.Tests.Network;
using Nuncio.IO.Tls;

namespace Nuncio.IO.Tests.Tls;

/// <summary>The other end is OpenSSL's own tool, where the system has it.</summary>
public sealed class OpenSslToolTests : IListenerCallbacks, IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly string _folder = Directory.CreateTempSubdirectory("nuncio-tls").FullName;
    private readonly EpollPoller _poller = new();
    private readonly Dispatcher _dispatcher;
    private readonly List<Connection> _accepted = [];
    private readonly StringBuilder _output = new();
    private TlsContext? _server;
    private TcpListener? _listener;

    public OpenSslToolTests() =>
        _dispatcher = new Dispatcher("test", 0, _poller, LinuxSockets.Instance, SystemClock.Instance, new RandomSource(1));

    public void Dispose()
    {
        _listener?.Dispose();
        _poller.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("-tls1_2", "TLSv1.2")]
    [InlineData("-tls1_3", "TLSv1.3")]
    public void Client_EchoIsVerifiedAndNamed(string option, string version)
    {
        Listen(TlsPair.Server with { AlpnProtocols = ["h2"] });
        using Process tool = Start($"s_client {Target()} {option} -alpn h2 -servername www.example.com -CAfile {Ca()} -verify_return_error -verify_hostname www.example.com");
        tool.StandardInput.WriteLine("hello from the tool");
        tool.StandardInput.Flush();
        RunUntil(() => Output().Contains("\nhello from the tool", StringComparison.Ordinal));
        Assert.Equal(version, Tls(_accepted[0]).Negotiated!.VersionName);
        Assert.Equal("h2", Tls(_accepted[0]).Protocol);
        Assert.Equal("www.example.com", Tls(_accepted[0]).Negotiated!.ServerName);
        Assert.Contains("Verify return code: 0 (ok)", Output(), StringComparison.Ordinal);
        tool.StandardInput.Close();
        RunUntil(() => _accepted[0].State == ConnectionState.Closed);
    }

    /// <summary>"R" makes the tool ask for another handshake.</summary>
    [Fact]
    public void ClientRenegotiates_IsRefused()
    {
        Listen(TlsPair.Server);
        using Process tool = Start($"s_client {Target()} -tls1_2 -CAfile {Ca()}");
        RunUntil(() => _accepted.Count == 1 && Tls(_accepted[0]).Negotiated is not null);
        tool.StandardInput.WriteLine("R");
        tool.StandardInput.Flush();
        RunUntil(() => Output().Contains("RENEGOTIATING", StringComparison.Ordinal) && Output().Contains("no renegotiation", StringComparison.Ordinal));
    }

    [Fact]
    public void ClientOfAnOldVersion_IsRefused()
    {
        Listen(TlsPair.Server);
        using Process tool = Start($"s_client {Target()} -tls1_1 -cipher ALL@SECLEVEL=0");
        RunUntil(() => _accepted.Count == 1 && _accepted[0].State == ConnectionState.Closed);
        Assert.Contains(":UNSUPPORTED_PROTOCOL:", _accepted[0].TransportFailureReason, StringComparison.Ordinal);
    }

    [Fact]
    public void ClientAsksForOcsp_TheStapleComes()
    {
        Listen(TlsPair.Server with { Certificates = [TestCertificates.Ecdsa with { OcspStaple = Encoding.ASCII.GetBytes("not really a response") }] });
        using Process tool = Start($"s_client {Target()} -status -CAfile {Ca()}");
        RunUntil(() => Output().Contains("OCSP response", StringComparison.Ordinal) || Output().Contains("response parse error", StringComparison.Ordinal));
        Assert.DoesNotContain("no response sent", Output(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public void Server_TalksToOurClientAndResumes(string option)
    {
        string certificate = Save("cert.pem", TestCertificates.Rsa.Chain);
        string key = Save("key.pem", TestCertificates.Rsa.PrivateKey);
        using Process tool = Start($"s_server -accept 127.0.0.1:0 {option} -cert {certificate} -key {key} -rev");
        RunUntil(() => Output().Contains("ACCEPT 127.0.0.1:", StringComparison.Ordinal));
        string port = Output().Split("ACCEPT 127.0.0.1:")[1].Split('\n')[0].Trim();
        Assert.True(NetworkAddress.TryParseIpAndPort("127.0.0.1:" + port, out NetworkAddress? address));
        using TlsSessionCache sessions = new(1);
        for (int turn = 0; turn < 2; turn++)
        {
            TlsTransportSocket socket = new(TlsPair.Tls(TlsPair.Client), "www.example.com", sessions);
            Connection connection = Connection.Connect(_dispatcher, address!, socket, ConnectOptions.Default);
            Recorder recorder = new();
            connection.AddReadFilter(recorder);
            connection.AddCallbacks(recorder);
            Buffer data = new(_dispatcher.Blocks);
            data.Append("abc\n"u8);
            connection.Write(data, endStream: false);
            RunUntil(() => recorder.Received.Contains("cba", StringComparison.Ordinal));
            Assert.Equal(turn == 1, socket.Negotiated!.IsResumed);
            connection.Close(ConnectionCloseType.FlushWrite, "test");
        }

        tool.Kill();
    }

    void IListenerCallbacks.OnAccepted(int fd, NetworkAddress remote)
    {
        Connection connection = new(_dispatcher, fd, new TlsTransportSocket(_server!), null, remote);
        Recorder recorder = new() { TakesData = false };
        recorder.OnDataAction = (data, end) => connection.Write(data, end);
        connection.AddReadFilter(recorder);
        connection.AddCallbacks(recorder);
        _accepted.Add(connection);
        connection.Initialize();
    }

    void IListenerCallbacks.OnAcceptFailed(int error) => Assert.Fail($"accept failed: {error}");

    private static TlsTransportSocket Tls(Connection connection) => (TlsTransportSocket)connection.Transport;

    private void Listen(TlsContextConfig config)
    {
        _server = TlsPair.Tls(config);
        Assert.True(NetworkAddress.TryParseIpAndPort("127.0.0.1:0", out NetworkAddress? address));
        int fd = ListenSocket.Bind(LinuxSockets.Instance, address!, new ListenSocketOptions(), out _);
        ListenSocket.Listen(LinuxSockets.Instance, fd, address!, new ListenSocketOptions(), out _);
        _listener = new TcpListener(_dispatcher, fd, address!, this);
    }

    private string Target() => $"-connect {_listener!.Address}";

    private string Ca() => Save("ca.pem", TestCertificates.CaPem);

    private string Save(string name, ReadOnlyMemory<byte> bytes)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes.Span);
        return path;
    }

    private Process Start(string arguments)
    {
        const string Tool = "/usr/bin/openssl";
        Assert.SkipUnless(File.Exists(Tool), "the openssl tool is missing: apt-get install openssl");
        Process process = new()
        {
            StartInfo = new ProcessStartInfo(Tool, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = _folder,
            },
        };
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Take(string? line)
    {
        lock (_output)
        {
            _output.Append('\n').Append(line);
        }
    }

    private string Output()
    {
        lock (_output)
        {
            return _output.ToString();
        }
    }

    private void RunUntil(Func<bool> condition)
    {
        long end = SystemClock.Instance.MonotonicNanos + s_patience.Ticks * 100;
        while (!condition())
        {
            Assert.True(SystemClock.Instance.MonotonicNanos < end, "nothing more happens: " + Output());
            _dispatcher.RunOnce(10_000_000);
        }
    }
}
