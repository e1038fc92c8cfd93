using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Nuncio.Peers.Tests.Support;

/// <summary>
/// An HTTP/1.1 upstream in the test's process that answers with the body it got and, in headers, how it got it. Keeps what it
/// received for the test to look at. One thread for each connection; gone with the test.
/// </summary>
internal sealed class ReflectingServer : IDisposable
{
    private readonly Socket _listener;
    private readonly List<Socket> _connections = [];
    private readonly List<string> _heads = [];
    private readonly Lock _lock = new();
    private readonly string? _path;

    /// <summary>Listens on a port of the system's choice, or on a Unix domain socket.</summary>
    internal ReflectingServer(string? path = null)
    {
        _path = path;
        EndPoint address = path is null ? new IPEndPoint(IPAddress.Loopback, 0) : new UnixDomainSocketEndPoint(path);
        _listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(address);
        _listener.Listen();
        Spawn(Accept);
    }

    /// <summary>For the configuration of a cluster.</summary>
    internal string Address => _path is null ? Configurations.Address(((IPEndPoint)_listener.LocalEndPoint!).Port) : Configurations.Address(_path);

    /// <summary>Connections so far.</summary>
    internal int ConnectionCount
    {
        get
        {
            lock (_lock)
            {
                return _connections.Count;
            }
        }
    }

    /// <summary>Request lines and headers received so far.</summary>
    internal string[] Heads
    {
        get
        {
            lock (_lock)
            {
                return [.. _heads];
            }
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        lock (_lock)
        {
            foreach (Socket connection in _connections)
            {
                connection.Dispose();
            }
        }
    }

    private static void Spawn(Action work) => new Thread(() =>
    {
        try
        {
            work();
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or IOException)
        {
            // The other side, or the end of the test, closed it.
        }
    })
    { IsBackground = true }.Start();

    private void Accept()
    {
        while (true)
        {
            Socket connection = _listener.Accept();
            lock (_lock)
            {
                _connections.Add(connection);
            }

            Spawn(() => Serve(connection));
        }
    }

    private void Serve(Socket connection)
    {
        using var stream = new BufferedStream(new NetworkStream(connection, ownsSocket: true));
        while (ReadHead(stream) is { } head)
        {
            lock (_lock)
            {
                _heads.Add(head);
            }

            if (head.Contains("\r\nexpect: 100-continue", StringComparison.OrdinalIgnoreCase))
            {
                stream.Write("HTTP/1.1 100 Continue\r\n\r\n"u8);
                stream.Flush();
            }

            bool chunked = head.Contains("\r\ntransfer-encoding: chunked", StringComparison.OrdinalIgnoreCase);
            byte[] body = chunked ? ReadChunks(stream) : ReadBytes(stream, LengthOf(head));
            string answer = $"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nx-framing: {(chunked ? "chunked" : "length")}\r\n" +
                $"x-request-line: {head[..head.IndexOf('\r', StringComparison.Ordinal)]}\r\ncontent-length: {body.Length}\r\n\r\n";
            stream.Write(Encoding.Latin1.GetBytes(answer));
            if (!head.StartsWith("HEAD ", StringComparison.Ordinal))
            {
                stream.Write(body);
            }

            stream.Flush();
        }
    }

    private static string? ReadHead(Stream stream)
    {
        var head = new StringBuilder();
        while (ReadLine(stream) is { } line)
        {
            if (line.Length == 0)
            {
                return head.ToString();
            }

            head.Append(line).Append("\r\n");
        }

        return null;
    }

    private static int LengthOf(string head)
    {
        const string Name = "\r\ncontent-length: ";
        int at = head.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? 0 : int.Parse(head.AsSpan(at + Name.Length, head.IndexOf('\r', at + Name.Length) - at - Name.Length), null);
    }

    private static byte[] ReadChunks(Stream stream)
    {
        using var body = new MemoryStream();
        while (true)
        {
            int size = Convert.ToInt32(ReadLine(stream)!.Split(';')[0], 16);
            if (size == 0)
            {
                while (ReadLine(stream) is { Length: > 0 })
                {
                }

                return body.ToArray();
            }

            body.Write(ReadBytes(stream, size));
            ReadLine(stream);
        }
    }

    private static byte[] ReadBytes(Stream stream, int count)
    {
        byte[] bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static string? ReadLine(Stream stream)
    {
        var line = new StringBuilder();
        int next;
        while ((next = stream.ReadByte()) >= 0)
        {
            if (next == '\n')
            {
                return line.ToString();
            }

            if (next != '\r')
            {
                line.Append((char)next);
            }
        }

        return null;
    }
}
