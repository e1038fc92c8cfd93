using System.Globalization;

namespace Nuncio.Peers.Tests.Support;

/// <summary>
/// OpenSSL's test server with a certificate of its own: ends TLS, and answers every HTTP request with a page that begins with its own command
/// line, so that one sees which server it was.
/// </summary>
internal sealed class TlsServer : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly ChildProcess _process;

    internal TlsServer(string name)
    {
        string program = PeerProgram.Require("openssl");
        string key = _scratch.PathOf("key");
        string certificate = _scratch.PathOf("certificate");
        ChildProcess.Run(program, [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj", "/CN=" + name,
            "-addext", "subjectAltName=DNS:" + name, "-keyout", key, "-out", certificate,
        ]).Good();
        Certificate = certificate;
        _process = new ChildProcess(program, [
            "s_server", "-accept", "127.0.0.1:" + Port.ToString(CultureInfo.InvariantCulture), "-key", key, "-cert", certificate, "-www", "-quiet",
        ]);
        Await.Listening(Ports.Local(Port), _process);
    }

    internal int Port { get; } = Ports.Free();

    /// <summary>File of the certificate, which a client that is to trust the server must be given.</summary>
    internal string Certificate { get; }

    public void Dispose()
    {
        _process.Dispose();
        _scratch.Dispose();
    }
}
