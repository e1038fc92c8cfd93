using System.Diagnostics;
using System.Globalization;
using Nuncio.Integration.Tests.Server;

namespace Nuncio.Integration.Tests.Listeners;

/// <summary>A process that may have few descriptors, and clients that take them all.</summary>
public sealed class DescriptorTests
{
    private const int Limit = 400;

    [Fact]
    public void AllTakenThenFreed_ServesAgainWithinASecond()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/prlimit"), "prlimit of util-linux is not installed");
        using var folder = new TemporaryFolder();
        int port = FreePort();
        File.WriteAllText(
            folder["envoy.yaml"],
            Configs.Http(1).Replace(
                "- name: http\n    address: { socket_address: { address: 127.0.0.1, port_value: 0 } }",
                $"- name: http\n    address: {{ socket_address: {{ address: 127.0.0.1, port_value: {port.ToString(CultureInfo.InvariantCulture)} }} }}",
                StringComparison.Ordinal));
        using Process process = Process.Start(new ProcessStartInfo("/usr/bin/prlimit",
        [
            $"--nofile={Limit.ToString(CultureInfo.InvariantCulture)}", Path.Combine(AppContext.BaseDirectory, "nuncio"), "-c", folder["envoy.yaml"],
            "--concurrency", "2", "--admin-address-path", folder["admin"], "--log-path", folder["log"],
        ]))!;
        try
        {
            Assert.True(SpinWait.SpinUntil(() => Serves(port), TestServer.Patience), "it does not serve to begin with");
            var clients = new List<RawClient>();
            for (int i = 0; i < Limit + 200; i++)
            {
                clients.Add(new RawClient(port)); // Those above the limit wait in the kernel's queue.
            }

            Assert.True(SpinWait.SpinUntil(() => Descriptors(process) >= Limit - 5, TestServer.Patience), "its descriptors were not used up");
            Assert.False(process.HasExited);
            clients.ForEach(static c => c.Dispose());
            long freed = Stopwatch.GetTimestamp();
            Assert.True(SpinWait.SpinUntil(() => Serves(port), TestServer.Patience), "it does not serve again");
            TimeSpan took = Stopwatch.GetElapsedTime(freed);
            Assert.True(took < TimeSpan.FromSeconds(1), $"it serves again after {took}");
            Assert.False(process.HasExited);
            int admin = int.Parse(File.ReadAllText(folder["admin"]).Split(':')[^1], CultureInfo.InvariantCulture);
            using var client = new RawClient(admin);
            Assert.Matches("listener\\.127\\.0\\.0\\.1_[0-9]+\\.downstream_cx_accept_failure: [1-9]", client.Get("/stats?filter=downstream_cx_accept_failure").Body);
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    private static bool Serves(int port)
    {
        try
        {
            using var client = new RawClient(port);
            return client.Get("/direct").Body == "direct";
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    private static int Descriptors(Process process) =>
        Directory.GetFiles($"/proc/{process.Id.ToString(CultureInfo.InvariantCulture)}/fd").Length;

    private static int FreePort()
    {
        using var socket = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        return ((System.Net.IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
