using System.Globalization;

namespace Nuncio.Peers.Tests.Support;

/// <summary>
/// nginx as an upstream: <c>/small</c> (34 bytes), <c>/big</c> (1 MiB), <c>/count</c> (how many requests its connection has had).
/// Can be stopped and started again on the same port.
/// </summary>
internal sealed class NginxServer : IDisposable
{
    internal const int BigLength = 1024 * 1024;

    private readonly Scratch _scratch = new();
    private readonly string _program;
    private readonly string _config;
    private ChildProcess? _process;

    internal NginxServer()
    {
        _program = PeerProgram.Require("nginx");
        Directory.CreateDirectory(_scratch.PathOf("www"));
        Big = new byte[BigLength];
        new Random(7).NextBytes(Big);
        _scratch.Write("www/small", Small);
        _scratch.Write("www/big", Big);
        _config = _scratch.Write("nginx.conf", $$"""
            daemon off;
            master_process off;
            pid {{_scratch.PathOf("pid")}};
            error_log stderr error;
            events { worker_connections 512; }
            http {
              access_log off;
              keepalive_requests 100000;
              client_body_temp_path {{_scratch.PathOf("body")}};
              proxy_temp_path {{_scratch.PathOf("proxy")}};
              fastcgi_temp_path {{_scratch.PathOf("fastcgi")}};
              uwsgi_temp_path {{_scratch.PathOf("uwsgi")}};
              scgi_temp_path {{_scratch.PathOf("scgi")}};
              server {
                listen 127.0.0.1:{{Port.ToString(CultureInfo.InvariantCulture)}};
                root {{_scratch.PathOf("www")}};
                location = /count { return 200 "$connection_requests"; }
                location = /host { return 200 "$http_host"; }
              }
            }
            """);
        Start();
    }

    internal string Small { get; } = "thirty-four bytes of a small body\n";

    internal byte[] Big { get; }

    internal int Port { get; } = Ports.Free();

    internal string Address => Configurations.Address(Port);

    public void Dispose()
    {
        Stop();
        _scratch.Dispose();
    }

    internal void Start()
    {
        _process = new ChildProcess(_program, ["-p", _scratch.Folder, "-c", _config, "-e", "stderr"]);
        Await.Listening(Ports.Local(Port), _process);
    }

    internal void Stop()
    {
        _process?.Dispose();
        _process = null;
    }
}
