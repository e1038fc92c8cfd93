using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Nuncio.IO.Sockets;
using Nuncio.Server.HotRestart;
using Nuncio.Server.Systemd;

namespace Nuncio.Integration.Tests.Systemd;

public sealed class ActivatedSocketsTests
{
    [Fact]
    public void Sockets_AreFoundByTheirAddress()
    {
        using Socket one = Listening();
        int fd = LinuxSockets.Instance.Duplicate((int)one.Handle);

        using HandedSockets? sockets = ActivatedSockets.Take(Variables(OwnProcess, "1"), fd, workers: 2);

        Assert.NotNull(sockets);
        var address = NetworkAddress.FromIPv4(0x7F000001, ((IPEndPoint)one.LocalEndPoint!).Port);
        int first = sockets.TryTake(address, 0);
        int second = sockets.TryTake(address, 1);
        Assert.Equal(fd, first);
        Assert.True(second >= 0 && second != first);
        LinuxSockets.Instance.Close(first);
        LinuxSockets.Instance.Close(second);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("1", "1")]
    [InlineData("own", null)]
    [InlineData("own", "0")]
    [InlineData("own", "-1")]
    [InlineData("own", "many")]
    [InlineData("own", "100000")]
    public void VariablesForNobodyHere_AreIgnored(string? process, string? count) =>
        Assert.Null(ActivatedSockets.Take(Variables(process == "own" ? OwnProcess : process, count), 3, workers: 1));

    [Fact]
    public void DescriptorThatIsNoListeningSocket_IsLeftAlone()
    {
        Assert.Equal(0, LinuxSockets.Instance.Pipe(out int readEnd, out int writeEnd, 4096));

        using HandedSockets? sockets = ActivatedSockets.Take(Variables(OwnProcess, "1"), readEnd, workers: 1);

        Assert.Equal(0, sockets?.Count);
        LinuxSockets.Instance.Close(readEnd);
        LinuxSockets.Instance.Close(writeEnd);
    }

    private static string OwnProcess => Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    private static Func<string, string?> Variables(string? process, string? count) => name => name switch
    {
        "LISTEN_PID" => process,
        "LISTEN_FDS" => count,
        _ => null,
    };

    private static Socket Listening()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        return socket;
    }
}
