using System.Globalization;
using System.Runtime.Versioning;
using Nuncio.IO.Interop;
using Nuncio.IO.Sockets;

namespace Nuncio.IO.Tests.Sockets;

public sealed class MessageSocketTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nuncio-test-");
    private readonly NetworkAddress _name = NetworkAddress.FromPipe("@nuncio-test-" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));
    private readonly List<int> _open = [];

    [Fact]
    public void Messages_KeepTheirBounds()
    {
        (int client, int server) = Pair(_name);
        MessageSocket.Send(client, "one"u8, []);
        MessageSocket.Send(client, "three"u8, []);

        Assert.Equal("one", Receive(server));
        Assert.Equal("three", Receive(server));
        Assert.Equal(-Errno.Again, MessageSocket.Receive(server, new byte[8], []));
    }

    [Fact]
    public void Descriptors_ArriveOpenAndMeanTheSame()
    {
        (int client, int server) = Pair(_name);
        int[] sent = new int[MessageSocket.MaxDescriptors];
        Assert.Equal(0, LinuxSockets.Instance.Pipe(out int readEnd, out int writeEnd, 4096));
        Array.Fill(sent, Keep(writeEnd));
        sent[^1] = Keep(readEnd);

        Assert.Equal(1, MessageSocket.Send(client, "x"u8, sent));
        LinuxSockets.Instance.Close(readEnd);
        _open.Remove(readEnd);
        var got = new List<int>();
        Assert.Equal(1, MessageSocket.Receive(server, new byte[8], got));
        got.ForEach(fd => Keep(fd));

        Assert.Equal(MessageSocket.MaxDescriptors, got.Count);
        Assert.Equal(got.Count, got.Distinct().Count());
        using (var writer = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(got[0], ownsHandle: false), FileAccess.Write, bufferSize: 0))
        {
            writer.Write("through"u8);
        }

        using var reader = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(got[^1], ownsHandle: false), FileAccess.Read, bufferSize: 0);
        byte[] bytes = new byte[7];
        reader.ReadExactly(bytes);
        Assert.Equal("through"u8, bytes);
    }

    [Fact]
    public void MessageTooLong_IsAnErrorAndLeavesNoDescriptors()
    {
        (int client, int server) = Pair(_name);
        MessageSocket.Send(client, new byte[100], [client]);
        var got = new List<int>();

        Assert.Equal(-Errno.MessageTooLong, MessageSocket.Receive(server, new byte[99], got));
        Assert.Empty(got);
    }

    [Fact]
    public void PeerGone_ReadsAsTheEnd()
    {
        (int client, int server) = Pair(_name);
        MessageSocket.Close(client);
        _open.Remove(client);

        Assert.True(MessageSocket.Wait(server, toSend: false, s_patience));
        Assert.Equal(0, MessageSocket.Receive(server, new byte[8], []));
        Assert.Equal(-Errno.BrokenPipe, MessageSocket.Send(server, "x"u8, []));
    }

    [Fact]
    public void Peer_IsKnown()
    {
        (int client, int server) = Pair(_name);

        Assert.True(MessageSocket.TryGetPeer(client, out int process, out uint user));
        Assert.Equal(Environment.ProcessId, process);
        Assert.Equal(MessageSocket.CurrentUser, user);
        Assert.True(MessageSocket.TryGetPeer(server, out process, out _));
        Assert.Equal(Environment.ProcessId, process);
    }

    [Fact]
    public void NameInUse_IsRefused_AndFreeAfterwards()
    {
        int first = Keep(MessageSocket.Listen(_name, 1));

        Assert.Equal(-Errno.AddressInUse, MessageSocket.Listen(_name, 1));
        MessageSocket.Close(first);
        _open.Remove(first);
        Assert.True(Keep(MessageSocket.Listen(_name, 1)) >= 0);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void FileInUse_IsRefused_LeftOverIsReplaced()
    {
        var name = NetworkAddress.FromPipe(Path.Combine(_folder.FullName, "socket"), 0x180);
        int first = Keep(MessageSocket.Listen(name, 1));
        Assert.True(first >= 0);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(name.PipePath!));

        Assert.Equal(-Errno.AddressInUse, MessageSocket.Listen(name, 1));
        MessageSocket.Close(first);
        _open.Remove(first);
        Assert.True(Keep(MessageSocket.Listen(name, 1)) >= 0);
    }

    [Fact]
    public void NobodyThere_IsRefused() => Assert.Equal(-Errno.ConnectionRefused, MessageSocket.Connect(_name));

    [Fact]
    public void Wait_EndsWithTheTime()
    {
        (int client, _) = Pair(_name);

        Assert.False(MessageSocket.Wait(client, toSend: false, TimeSpan.FromMilliseconds(1)));
        Assert.True(MessageSocket.Wait(client, toSend: true, s_patience));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _open.ForEach(MessageSocket.Close);
        _folder.Delete(recursive: true);
    }

    private static string Receive(int fd)
    {
        byte[] bytes = new byte[64];
        Assert.True(MessageSocket.Wait(fd, toSend: false, s_patience));
        return System.Text.Encoding.ASCII.GetString(bytes, 0, MessageSocket.Receive(fd, bytes, []));
    }

    private (int Client, int Server) Pair(NetworkAddress name)
    {
        int listener = Keep(MessageSocket.Listen(name, 1));
        int client = Keep(MessageSocket.Connect(name));
        int server = Keep(MessageSocket.Accept(listener));
        Assert.True(listener >= 0 && client >= 0 && server >= 0);
        return (client, server);
    }

    private int Keep(int fd)
    {
        if (fd >= 0 && !_open.Contains(fd))
        {
            _open.Add(fd);
        }

        return fd;
    }
}
