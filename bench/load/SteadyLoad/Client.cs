using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SteadyLoad;

/// <summary>
/// One loop of requests at a steady pace. A request that fails is not tried again and counts as failed, also one sent into a keep-alive
/// connection that the proxy closed at that moment without having said so: a client cannot know whether that one was carried out.
/// </summary>
internal sealed class Client(int port, string path, Counts counts, bool keepAlive)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly byte[] _request = Encoding.ASCII.GetBytes($"GET /{path} HTTP/1.1\r\nhost: steady\r\n{(keepAlive ? "" : "connection: close\r\n")}\r\n");
    private readonly byte[] _buffer = new byte[16 * 1024];
    private Socket? _socket;

    public async Task RunAsync(TimeSpan interval, TimeSpan phase, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        for (long i = 0; !stop.IsCancellationRequested; i++)
        {
            TimeSpan wait = phase + (interval * i) - Stopwatch.GetElapsedTime(start);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, CancellationToken.None);
            }

            await RequestAsync();
        }

        _socket?.Dispose();
    }

    private async Task RequestAsync()
    {
        long began = Stopwatch.GetTimestamp();
        string where = "connect";
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            bool fresh = _socket is null;
            if (_socket is null)
            {
                _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await _socket.ConnectAsync(IPAddress.Loopback, port, patience.Token);
            }

            where = fresh ? "first request" : "request on a connection used before";
            await _socket.SendAsync(_request, patience.Token);
            (bool isOk, bool close) = await ReadAsync(patience.Token);
            counts.Answered(!keepAlive, close, isOk, Stopwatch.GetElapsedTime(began));
            if (close || !keepAlive)
            {
                Close();
            }
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException or EndOfStreamException)
        {
            counts.Broke(failure, where);
            Close();
        }
    }

    private async Task<(bool IsOk, bool Close)> ReadAsync(CancellationToken patience)
    {
        int filled = 0;
        int end;
        while ((end = _buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0)
        {
            filled += await ReceiveAsync(filled, patience);
        }

        string head = Encoding.ASCII.GetString(_buffer, 0, end + 2);
        int at = head.IndexOf("content-length: ", StringComparison.OrdinalIgnoreCase) + "content-length: ".Length;
        int length = int.Parse(head.AsSpan(at, head.IndexOf('\r', at) - at));
        while (filled < end + 4 + length)
        {
            filled += await ReceiveAsync(filled, patience);
        }

        return (head.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal), head.Contains("connection: close", StringComparison.OrdinalIgnoreCase));
    }

    private async Task<int> ReceiveAsync(int filled, CancellationToken patience)
    {
        int count = await _socket!.ReceiveAsync(_buffer.AsMemory(filled), patience);
        return count > 0 ? count : throw new EndOfStreamException("the connection ended inside an answer, or before it");
    }

    private void Close()
    {
        _socket?.Dispose();
        _socket = null;
    }
}
