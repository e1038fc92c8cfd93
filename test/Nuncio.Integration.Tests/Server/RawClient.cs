using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Nuncio.Integration.Tests.Server;

/// <summary>One end of a TCP connection that says exactly what a test tells it to, and reads whole HTTP/1.1 messages.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket;
    private readonly List<byte> _received = [];

    /// <summary>Connects to a port of this machine.</summary>
    internal RawClient(int port)
        : this(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)) =>
        _socket.Connect(IPAddress.Loopback, port);

    /// <summary>Takes over a socket that is connected.</summary>
    internal RawClient(Socket socket)
    {
        _socket = socket;
        _socket.NoDelay = true;
        _socket.ReceiveTimeout = _socket.SendTimeout = (int)TestServer.Patience.TotalMilliseconds;
    }

    internal void Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    internal void Send(byte[] bytes) => _socket.Send(bytes);

    /// <summary>Says that nothing more will be sent.</summary>
    internal void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Sends a GET and reads the reply.</summary>
    internal HttpReply Get(string path)
    {
        Send($"GET {path} HTTP/1.1\r\nhost: test\r\n\r\n");
        return ReadReply();
    }

    /// <summary>Reads head and body of a response.</summary>
    internal HttpReply ReadReply(bool isHead = false)
    {
        string head = ReadHead();
        var reply = new HttpReply(head);
        reply.Body = isHead || reply.Status is 204 or 304 or < 200 ? "" : ReadBody(reply, untilClose: true);
        return reply;
    }

    /// <summary>Reads head and body of a request.</summary>
    internal HttpReply ReadRequest()
    {
        var request = new HttpReply(ReadHead());
        request.Body = ReadBody(request, untilClose: false);
        return request;
    }

    /// <summary>Reads exactly so many bytes.</summary>
    internal string Read(int count)
    {
        while (_received.Count < count)
        {
            Assert.True(Receive(), $"the connection ended after {_received.Count} of {count} bytes");
        }

        return Take(count);
    }

    /// <summary>Reads until the peer ends the connection.</summary>
    internal string ReadToEnd()
    {
        while (Receive())
        {
        }

        return Take(_received.Count);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private string ReadHead()
    {
        int end;
        while ((end = Encoding.Latin1.GetString([.. _received]).IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
        {
            Assert.True(Receive(), $"the connection ended inside a head: \"{Encoding.Latin1.GetString([.. _received])}\"");
        }

        return Take(end + 4);
    }

    private string ReadBody(HttpReply message, bool untilClose)
    {
        if (message.Header("transfer-encoding") == "chunked")
        {
            return ReadChunks();
        }

        if (message.Header("content-length") is { } length)
        {
            return Read(int.Parse(length, System.Globalization.CultureInfo.InvariantCulture));
        }

        return untilClose ? ReadToEnd() : "";
    }

    private string ReadChunks()
    {
        var body = new StringBuilder();
        while (true)
        {
            int size = Convert.ToInt32(ReadLine(), 16);
            if (size == 0)
            {
                while (ReadLine().Length > 0)
                {
                }

                return body.ToString();
            }

            body.Append(Read(size));
            Assert.Equal("", ReadLine());
        }
    }

    private string ReadLine()
    {
        int end;
        while ((end = _received.IndexOf((byte)'\n')) < 0)
        {
            Assert.True(Receive(), "the connection ended inside a line");
        }

        return Take(end + 1).TrimEnd('\r', '\n');
    }

    private bool Receive()
    {
        byte[] buffer = new byte[64 * 1024];
        int count;
        try
        {
            count = _socket.Receive(buffer);
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.ConnectionReset)
        {
            return false;
        }

        _received.AddRange(buffer.AsSpan(0, count));
        return count > 0;
    }

    private string Take(int count)
    {
        string text = Encoding.Latin1.GetString([.. _received[..count]]);
        _received.RemoveRange(0, count);
        return text;
    }
}
