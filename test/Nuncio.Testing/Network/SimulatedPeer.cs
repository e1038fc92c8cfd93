using System.Text;
using Nuncio.IO.Sockets;

namespace Nuncio.Testing.Network;

/// <summary>The test's end of a simulated connection: a client of the proxy, or one connection of an upstream.</summary>
/// <remarks>Acts at once; run the loop for the proxy to notice, as with <c>loop.RunUntilIdle()</c>.</remarks>
public sealed class SimulatedPeer
{
    private readonly SimulatedSocket _socket;

    internal SimulatedPeer(SimulatedSocket socket)
    {
        _socket = socket;
        _socket.MaxBytesPerCall = int.MaxValue; // Partial calls are scripted for the proxy's end only.
    }

    /// <summary>This end.</summary>
    public NetworkAddress LocalAddress => _socket.Local!;

    /// <summary>The proxy's end.</summary>
    public NetworkAddress RemoteAddress => _socket.Remote!;

    /// <summary>Whether the proxy has ended its direction, with everything before it read or not.</summary>
    public bool IsEnded => _socket.FinArrived;

    /// <summary>Whether the proxy has reset the connection.</summary>
    public bool IsReset => _socket.WasReset;

    /// <summary>Whether the proxy ended or reset it.</summary>
    public bool IsClosed => IsEnded || IsReset;

    /// <summary>Bytes that have arrived and were not read yet.</summary>
    public int Available => _socket.InboundCount;

    /// <summary>Bytes this end takes before the proxy has to wait: the size of its receive buffer.</summary>
    public int ReceiveCapacity
    {
        get => _socket.ReceiveCapacity;
        set
        {
            _socket.ReceiveCapacity = value;
            _socket.TellSender();
        }
    }

    /// <summary>Most bytes the next <see cref="Write(ReadOnlySpan{byte})"/> can send.</summary>
    public int WritableNow => _socket.SendRoom;

    /// <summary>Sends text, each character one byte.</summary>
    public void Write(string text) => Write(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends bytes, all of them.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            int sent = _socket.Send(bytes);
            if (sent != bytes.Length)
            {
                throw new InvalidOperationException($"sent {sent} of {bytes.Length} bytes");
            }
        }
    }

    /// <summary>Everything that has arrived, taken.</summary>
    public byte[] ReadAll() => Read(Available);

    /// <summary>Everything that has arrived as text, taken.</summary>
    public string ReadText() => Encoding.Latin1.GetString(ReadAll());

    /// <summary>Up to so many bytes of what has arrived, taken.</summary>
    public byte[] Read(int atMost)
    {
        byte[] bytes = new byte[Math.Min(atMost, Available)];
        if (bytes.Length > 0)
        {
            _socket.Receive(bytes, peek: false);
        }

        return bytes;
    }

    /// <summary>Ends this direction; the other goes on.</summary>
    public void EndWriting() => _socket.EndWriting();

    /// <summary>Closes both directions; as with the kernel, bytes not read make it a reset.</summary>
    public void Close() => _socket.Close();

    /// <summary>Breaks the connection with a reset.</summary>
    public void Reset()
    {
        _socket.ResetsOnClose = true;
        _socket.Close();
    }
}
