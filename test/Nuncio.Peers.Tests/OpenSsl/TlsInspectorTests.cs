using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Nuncio.Peers.Tests.Support;

namespace Nuncio.Peers.Tests.OpenSsl;

/// <summary>ClientHellos of real TLS clients: what the proxy says of them, and that they arrive unchanged.</summary>
public sealed class TlsInspectorTests
{
    private static readonly string[] s_pythonClient =
    [
        "-c",
        "import socket,ssl,sys\nc=ssl.create_default_context()\nc.set_alpn_protocols(['http/1.1'])\n" +
        "try: c.wrap_socket(socket.create_connection(('127.0.0.1',int(sys.argv[1]))),server_hostname='Python.Example')\nexcept OSError: pass",
    ];

    [Theory]
    [InlineData("openssl", "openssl.example", "h2,http/1.1")]
    [InlineData("openssl tls1_2", "-", "")]
    [InlineData("curl", "localhost", "h2,http/1.1")]
    [InlineData("python3", "python.example", "http/1.1")]
    public void Client_IsSeenAsItIs(string client, string name, string protocols)
    {
        string program = PeerProgram.Require(client.Split(' ')[0]);
        using Scratch scratch = new();
        string log = scratch.PathOf("log");
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using NuncioProcess proxy = new(Configuration(((IPEndPoint)listener.LocalEndPoint!).Port, log));
        string port = proxy.Port().ToString(CultureInfo.InvariantCulture);
        using ChildProcess peer = new(program, client switch
        {
            "openssl" => ["s_client", "-connect", "127.0.0.1:" + port, "-servername", "OpenSSL.Example", "-alpn", "h2,http/1.1"],
            "openssl tls1_2" => ["s_client", "-connect", "127.0.0.1:" + port, "-noservername", "-tls1_2"],
            "curl" => ["--disable", "--silent", "--insecure", "--max-time", "20", "https://localhost:" + port + "/"],
            _ => [.. s_pythonClient, port],
        });
        byte[] hello = ReadRecord(listener);
        Await.True("the log is written", () => File.Exists(log) && File.ReadAllText(log).EndsWith('\n'));
        string[] words = File.ReadAllText(log).TrimEnd('\n').Split(' ');
        Hello seen = new(hello);
        Assert.Equal(name, words[0]);
        Assert.Equal(seen.Ja3, words[1]);
        Assert.Equal(seen.Ja4, words[2]);
        Assert.Equal(protocols, string.Join(',', seen.Protocols));
        Assert.Equal(1, proxy.Stat("tls_inspector.tls_found"));
        Assert.Equal(name == "-" ? 0 : 1, proxy.Stat("tls_inspector.sni_found"));
        Assert.Equal(protocols.Length == 0 ? 0 : 1, proxy.Stat("tls_inspector.alpn_found"));
    }

    private static string Configuration(int upstream, string log) => Configurations.Tcp(Configurations.Address(upstream), proxy: $$"""
        access_log:
        - name: envoy.access_loggers.file
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
            path: {{log}}
            log_format:
              text_format_source: { inline_string: "%REQUESTED_SERVER_NAME% %TLS_JA3_FINGERPRINT% %TLS_JA4_FINGERPRINT%\n" }
        """).Replace("    filter_chains:\n", """
                listener_filters:
                - name: tls
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector
                    enable_ja3_fingerprinting: true
                    enable_ja4_fingerprinting: true
                filter_chains:

            """, StringComparison.Ordinal);

    /// <summary>The first TLS record of the next connection, which is closed after it.</summary>
    private static byte[] ReadRecord(Socket listener)
    {
        Assert.True(listener.Poll(ChildProcess.Patience, SelectMode.SelectRead), "no connection came");
        using NetworkStream stream = new(listener.Accept(), ownsSocket: true) { ReadTimeout = (int)ChildProcess.Patience.TotalMilliseconds };
        byte[] header = new byte[5];
        stream.ReadExactly(header);
        byte[] content = new byte[BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(3))];
        stream.ReadExactly(content);
        return content;
    }

    /// <summary>The same facts read another way: by the words of the specifications, with no thought of speed.</summary>
    private sealed class Hello
    {
        private readonly Dictionary<ushort, byte[]> _extensions = [];
        private readonly List<ushort> _order = [];
        private readonly ushort _version;
        private readonly ushort[] _ciphers;

        internal Hello(byte[] message)
        {
            using BinaryReader reader = new(new MemoryStream(message));
            reader.ReadBytes(4);
            _version = Number(reader.ReadBytes(2));
            reader.ReadBytes(32);
            reader.ReadBytes(reader.ReadByte());
            _ciphers = Numbers(reader.ReadBytes(Number(reader.ReadBytes(2))));
            reader.ReadBytes(reader.ReadByte());
            if (reader.BaseStream.Position < message.Length)
            {
                for (reader.ReadBytes(2); reader.BaseStream.Position < message.Length;)
                {
                    ushort type = Number(reader.ReadBytes(2));
                    _order.Add(type);
                    _extensions[type] = reader.ReadBytes(Number(reader.ReadBytes(2)));
                }
            }
        }

        internal string[] Protocols
        {
            get
            {
                List<string> names = [];
                for (byte[] rest = [.. Content(16).Skip(2)]; rest.Length > 0; rest = rest[(1 + rest[0])..])
                {
                    names.Add(Encoding.ASCII.GetString(rest, 1, rest[0]));
                }

                return [.. names];
            }
        }

        internal string Ja3 => Convert.ToHexStringLower(MD5.HashData(Encoding.ASCII.GetBytes(string.Join(
            ',',
            _version,
            string.Join('-', Known(_ciphers)),
            string.Join('-', Known(_order)),
            string.Join('-', Known(Numbers([.. Content(10).Skip(2)]))),
            string.Join('-', Content(11).Skip(1))))));

        internal string Ja4
        {
            get
            {
                ushort version = Known(Numbers([.. Content(43).Skip(1)])).Append((ushort)0).Max();
                string protocol = Protocols.Length == 0 ? "00" : $"{Protocols[0][0]}{Protocols[0][^1]}";
                string counts = $"{Known(_ciphers).Count():D2}{Known(_order).Count():D2}";
                string extensions = Hexadecimal(Known(_order).Where(type => type is not (0 or 16)).Order());
                string signatures = Hexadecimal(Numbers([.. Content(13).Skip(2)]));
                return $"t{((version == 0 ? _version : version) == 0x0304 ? "13" : "12")}{(_extensions.ContainsKey(0) ? 'd' : 'i')}{counts}{protocol}" +
                    $"_{Hash(Hexadecimal(Known(_ciphers).Order()))}_{Hash(extensions + (signatures.Length > 0 ? "_" : "") + signatures)}";
            }
        }

        private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)))[..12];

        private static string Hexadecimal(IEnumerable<ushort> numbers) => string.Join(',', numbers.Select(n => n.ToString("x4", CultureInfo.InvariantCulture)));

        private static IEnumerable<ushort> Known(IEnumerable<ushort> numbers) => numbers.Where(n => n >> 8 != (n & 255) || (n & 15) != 10);

        private static ushort Number(byte[] bytes) => BinaryPrimitives.ReadUInt16BigEndian(bytes);

        private static ushort[] Numbers(byte[] bytes) => [.. bytes.Chunk(2).Select(Number)];

        private byte[] Content(ushort type) => _extensions.GetValueOrDefault(type, []);
    }
}
