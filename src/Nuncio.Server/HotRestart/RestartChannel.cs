using Nuncio.IO.Events;
using Nuncio.IO.Interop;
using Nuncio.IO.Sockets;

namespace Nuncio.Server.HotRestart;

/// <summary>
/// One connection between two processes of a hot restart. Before <see cref="Watch"/> it waits for the other side; after it, the main
/// thread's dispatcher drives it and nothing waits.
/// </summary>
/// <remarks>Owner: main thread. Made around a connected descriptor, which it closes. See unix(7) for what the kernel promises.</remarks>
internal sealed class RestartChannel : IIoHandler, IDisposable
{
    private readonly byte[] _received = new byte[RestartProtocol.MaxMessage];
    private readonly List<int> _descriptors = [];
    private readonly Queue<Outgoing> _toSend = new();
    private Dispatcher? _dispatcher;
    private IRestartPeer? _peer;
    private IoRegistration _registration;
    private int _fd;

    internal RestartChannel(int fd) => _fd = fd;

    /// <summary>For this end's messages, one after the other.</summary>
    internal MessageWriter Writer { get; } = new();

    /// <summary>Whether everything that was sent has left.</summary>
    internal bool IsIdle => _toSend.Count == 0;

    internal bool IsOpen => _fd >= 0;

    /// <summary>Connects; null with the reason where nobody of this user, or of root, listens.</summary>
    internal static RestartChannel? Connect(NetworkAddress name, out string? error)
    {
        int fd = MessageSocket.Connect(name);
        if (fd < 0)
        {
            error = Errno.Text(fd);
            return null;
        }

        if (!IsTrusted(fd))
        {
            // An abstract name belongs to whoever takes it first; what such a process passes must not become our sockets.
            MessageSocket.Close(fd);
            error = "the process behind it belongs to another user";
            return null;
        }

        error = null;
        return new RestartChannel(fd);
    }

    /// <summary>Whether the other end is this user's, or root's. Abstract names have no permissions, so everybody can connect to them.</summary>
    internal static bool IsTrusted(int fd) =>
        MessageSocket.TryGetPeer(fd, out _, out uint user) && (user == 0 || user == MessageSocket.CurrentUser);

    /// <summary>Before <see cref="Watch"/>: sends what <see cref="Writer"/> holds; false when the other end is gone or deaf.</summary>
    internal bool TrySend(TimeSpan patience)
    {
        int result;
        while ((result = MessageSocket.Send(_fd, Writer.Written, [])) == -Errno.Again && MessageSocket.Wait(_fd, toSend: true, patience))
        {
        }

        return result >= 0;
    }

    /// <summary>Before <see cref="Watch"/>: waits for one message; empty when the other end is gone or silent.</summary>
    internal ReadOnlySpan<byte> Receive(List<int> descriptors, TimeSpan patience)
    {
        int result;
        while ((result = MessageSocket.Receive(_fd, _received, descriptors)) == -Errno.Again && MessageSocket.Wait(_fd, toSend: false, patience))
        {
        }

        return result > 0 ? _received.AsSpan(0, result) : default;
    }

    /// <summary>Before <see cref="Watch"/>: lets a moment pass, or less where a message comes.</summary>
    internal void Wait(TimeSpan moment) => MessageSocket.Wait(_fd, toSend: false, moment);

    /// <summary>Lets the dispatcher drive it from now on. False when the system refuses.</summary>
    internal bool Watch(Dispatcher dispatcher, IRestartPeer peer)
    {
        _dispatcher = dispatcher;
        _peer = peer;
        _registration = dispatcher.Register(_fd, this);
        return _registration.IsSome;
    }

    /// <summary>
    /// After <see cref="Watch"/>: sends what <see cref="Writer"/> holds as soon as there is room. The descriptors become the channel's and are
    /// closed when they have left.
    /// </summary>
    internal void Send(params int[] descriptors)
    {
        if (_fd < 0)
        {
            Close(descriptors);
            return;
        }

        _toSend.Enqueue(new Outgoing(Writer.Written.ToArray(), descriptors));
        Flush();
    }

    /// <summary>Ends it without telling its peer object.</summary>
    internal void Close()
    {
        if (_fd < 0)
        {
            return;
        }

        _dispatcher?.Unregister(_registration);
        MessageSocket.Close(_fd);
        _fd = -1;
        while (_toSend.TryDequeue(out Outgoing left))
        {
            Close(left.Descriptors);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    void IIoHandler.OnIoEvents(IoEvents events)
    {
        Flush();
        while (_fd >= 0)
        {
            _descriptors.Clear();
            int result = MessageSocket.Receive(_fd, _received, _descriptors);
            if (result == -Errno.Again)
            {
                return;
            }

            if (result <= 0)
            {
                Fail();
                return;
            }

            _peer!.OnMessage(_received.AsSpan(0, result), _descriptors);
        }
    }

    void IIoHandler.OnUnhandledException(Exception exception) => Fail();

    private static void Close(int[] descriptors)
    {
        foreach (int fd in descriptors)
        {
            MessageSocket.Close(fd);
        }
    }

    /// <summary>Sends what waits for room, as far as there is some.</summary>
    internal void Flush()
    {
        while (_fd >= 0 && _toSend.TryPeek(out Outgoing next))
        {
            int result = MessageSocket.Send(_fd, next.Message, next.Descriptors);
            if (result == -Errno.Again)
            {
                return;
            }

            if (result < 0)
            {
                Fail();
                return;
            }

            Close(next.Descriptors);
            _toSend.Dequeue();
        }
    }

    private void Fail()
    {
        if (_fd >= 0)
        {
            Close();
            _peer!.OnClosed();
        }
    }

    private readonly record struct Outgoing(byte[] Message, int[] Descriptors);
}
