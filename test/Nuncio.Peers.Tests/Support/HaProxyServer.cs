namespace Nuncio.Peers.Tests.Support;

/// <summary>HAProxy between the test and a port, speaking HTTP or only TCP; with options of its own for the server behind it.</summary>
internal sealed class HaProxyServer : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly ChildProcess _process;

    internal HaProxyServer(int upstreamPort, string mode = "http", string serverOptions = "")
    {
        string program = PeerProgram.Require("haproxy");
        string config = _scratch.Write("haproxy.cfg", $"""
            global
              nbthread 1
              maxconn 200
            defaults
              mode {mode}
              timeout connect 5s
              timeout client 30s
              timeout server 30s
            frontend in
              bind 127.0.0.1:{Port}
              default_backend out
            backend out
              server one 127.0.0.1:{upstreamPort} {serverOptions}

            """);
        _process = new ChildProcess(program, ["-db", "-f", config]);
        Await.Listening(Ports.Local(Port), _process);
    }

    internal int Port { get; } = Ports.Free();

    internal string Address => Configurations.Address(Port);

    public void Dispose()
    {
        _process.Dispose();
        _scratch.Dispose();
    }
}
