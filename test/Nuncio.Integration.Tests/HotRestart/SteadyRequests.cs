using System.Net;
using System.Net.Sockets;
using System.Text;
using Nuncio.Integration.Tests.Server;

namespace Nuncio.Integration.Tests.HotRestart;

/// <summary>
/// Clients that ask a port again and again, half of them on keep-alive connections, until told to stop. Everything but a whole answer with 200 is
/// a failure. Made per test; threads of its own.
/// </summary>
internal sealed class SteadyRequests : IDisposable
{
    private const int Clients = 4;
    private static readonly byte[] s_request = "GET /direct HTTP/1.1\r\nhost: steady\r\n\r\n"u8.ToArray();

    private readonly int _port;
    private readonly List<Thread> _threads = [];
    private readonly List<string> _failures = [];
    private readonly ManualResetEventSlim _stop = new();
    private long _requests;

    internal SteadyRequests(int port)
    {
        _port = port;
        for (int i = 0; i < Clients; i++)
        {
            bool keepAlive = i % 2 == 0;
            var thread = new Thread(() => Ask(keepAlive)) { IsBackground = true, Name = "client of a test" };
            _threads.Add(thread);
            thread.Start();
        }
    }

    internal (long Requests, IReadOnlyList<string> Failures) Stop()
    {
        _stop.Set();
        _threads.ForEach(static t => Assert.True(t.Join(TestServer.Patience)));
        return (_requests, _failures);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _stop.Dispose();
    }

    private void Ask(bool keepAlive)
    {
        Socket? socket = null;
        while (!_stop.Wait(1))
        {
            string where = socket is null ? "new connection" : "connection used before";
            try
            {
                socket ??= Connect();
                socket.Send(s_request);
                string head = Read(socket);
                if (!head.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal))
                {
                    Fail($"{where}: {head}");
                }

                Interlocked.Increment(ref _requests);
                if (!keepAlive || head.Contains("connection: close", StringComparison.Ordinal))
                {
                    socket.Dispose();
                    socket = null;
                }
            }
            catch (SocketException failure)
            {
                Fail($"{where}: {failure.SocketErrorCode}");
                socket?.Dispose();
                socket = null;
            }
        }

        socket?.Dispose();
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true, ReceiveTimeout = (int)TestServer.Patience.TotalMilliseconds,
        };
        socket.Connect(IPAddress.Loopback, _port);
        return socket;
    }

    private string Read(Socket socket)
    {
        byte[] buffer = new byte[4096];
        int filled = 0;
        while (true)
        {
            int count = socket.Receive(buffer, filled, buffer.Length - filled, SocketFlags.None);
            filled += count;
            string text = Encoding.ASCII.GetString(buffer, 0, filled);
            if (count == 0)
            {
                return "the connection ended after: " + text;
            }

            if (text.EndsWith("\r\n\r\ndirect", StringComparison.Ordinal))
            {
                return text;
            }
        }
    }

    private void Fail(string what)
    {
        lock (_failures)
        {
            _failures.Add(what);
        }
    }
}
