using Nuncio.Base.Buffers;
using Nuncio.IO.Interop;
using Nuncio.IO.Sockets;

namespace Nuncio.Testing.Network;

/// <summary>The system calls of a <see cref="SimulatedNetwork"/>: descriptor numbers in, negated error numbers out.</summary>
internal sealed class SimulatedSocketApi(SimulatedNetwork network) : SocketApi
{
    private const int NotImplemented = 38;

    public override int Socket(AddressKind kind) =>
        network.Assign(new SimulatedSocket(network) { MaxBytesPerCall = network.MaxBytesPerCall });

    public override int Bind(int fd, NetworkAddress address) =>
        network.Find(fd) is { } socket ? network.Bind(socket, address) : -Errno.BadFile;

    public override int Listen(int fd, int backlog)
    {
        if (network.Find(fd) is not { } socket)
        {
            return -Errno.BadFile;
        }

        network.StartListening(socket, backlog);
        return 0;
    }

    public override int Connect(int fd, NetworkAddress address) =>
        network.Find(fd) is { } socket ? network.StartConnect(socket, address) : -Errno.BadFile;

    public override int Accept(int fd, out NetworkAddress? remote)
    {
        remote = null;
        if (network.Find(fd) is not { } listener)
        {
            return -Errno.BadFile;
        }

        if (!listener.HasWaiting)
        {
            return -Errno.Again;
        }

        if (network.OpenDescriptors >= network.DescriptorLimit)
        {
            return -Errno.TooManyFiles;
        }

        SimulatedSocket accepted = listener.TakeAccepted()!;
        remote = accepted.Remote;
        return network.Assign(accepted);
    }

    public override int Receive(int fd, Span<byte> into)
    {
        network.ReceiveCalls++;
        return network.Find(fd)?.Receive(into, peek: false) ?? -Errno.BadFile;
    }

    public override int Receive(int fd, ReadOnlySpan<IoVector> into)
    {
        network.ReceiveCalls++;
        if (network.Find(fd) is not { } socket)
        {
            return -Errno.BadFile;
        }

        int total = 0;
        foreach (IoVector vector in into)
        {
            if (total > 0 && socket.InboundCount == 0)
            {
                break;
            }

            int count = socket.Receive(vector.AsSpan(), peek: false);
            if (count <= 0)
            {
                return total > 0 ? total : count;
            }

            total += count;
            if (count < vector.Length)
            {
                break;
            }
        }

        return total;
    }

    public override int Peek(int fd, Span<byte> into) => network.Find(fd)?.Receive(into, peek: true) ?? -Errno.BadFile;

    public override int Send(int fd, ReadOnlySpan<byte> from)
    {
        network.SendCalls++;
        return network.Find(fd)?.Send(from) ?? -Errno.BadFile;
    }

    public override int Send(int fd, ReadOnlySpan<IoVector> from)
    {
        network.SendCalls++;
        int length = 0;
        foreach (IoVector vector in from)
        {
            length += vector.Length;
        }

        byte[] all = new byte[length];
        int at = 0;
        foreach (IoVector vector in from)
        {
            vector.AsSpan().CopyTo(all.AsSpan(at));
            at += vector.Length;
        }

        return network.Find(fd)?.Send(all) ?? -Errno.BadFile;
    }

    public override int Duplicate(int fd) => network.Find(fd) is { } socket ? network.Duplicate(socket) : -Errno.BadFile;

    public override int ShutdownWrite(int fd)
    {
        network.Find(fd)?.EndWriting();
        return 0;
    }

    public override int Close(int fd) => network.CloseDescriptor(fd);

    public override int SetOption(int fd, int level, int name, ReadOnlySpan<byte> value)
    {
        if (network.Find(fd) is not { } socket)
        {
            return -Errno.BadFile;
        }

        socket.Options[(level, name)] = value.ToArray();
        socket.ResetsOnClose |= level == SocketOptions.LevelSocket && name == SocketOptions.Linger;
        return 0;
    }

    public override int GetOption(int fd, int level, int name, Span<byte> value)
    {
        if (network.Find(fd) is not { } socket)
        {
            return -Errno.BadFile;
        }

        if (level == SocketOptions.LevelSocket && name == SocketOptions.Error)
        {
            BitConverter.TryWriteBytes(value, socket.TakeError());
            return sizeof(int);
        }

        byte[] set = socket.Options.GetValueOrDefault((level, name), [0, 0, 0, 0]);
        set.AsSpan(0, Math.Min(set.Length, value.Length)).CopyTo(value);
        return Math.Min(set.Length, value.Length);
    }

    public override NetworkAddress? GetLocalAddress(int fd) => network.Find(fd)?.Local;

    public override NetworkAddress? GetRemoteAddress(int fd) => network.Find(fd)?.Remote;

    public override int SocketPair(out int one, out int other) => network.Pair(out one, out other);

    public override int Pipe(out int readEnd, out int writeEnd, int capacity)
    {
        // Bytes that move inside the kernel cannot be simulated usefully; callers fall back to buffers.
        readEnd = writeEnd = -1;
        return -NotImplemented;
    }

    public override int Splice(int from, int to, int count) => -NotImplemented;
}
