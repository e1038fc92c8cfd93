using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Nuncio.Integration.Tests.Server;

namespace Nuncio.Integration.Tests.Lifecycle;

/// <summary>The executable as a process of its own: exit codes, output, signals.</summary>
public sealed partial class ProcessTests
{
    private const int SigHup = 1;
    private const int SigUser1 = 10;
    private const int SigTerm = 15;

    [Theory]
    [InlineData(0, "nuncio  version: ", "", "--version")]
    [InlineData(0, "usage: nuncio -c envoy.yaml", "", "--help")]
    [InlineData(1, "", "error: unknown option \"--nonsense\"\ntry: nuncio --help\n", "--nonsense")]
    [InlineData(1, "", "error: /no/such/file.yaml: ", "-c", "/no/such/file.yaml")]
    [InlineData(1, "", "error: --config-yaml:1:1: nonsense: ", "--mode", "validate", "--config-yaml", "nonsense: 1")]
    [InlineData(0, "configuration '' OK\n", "", "--mode", "validate", "--config-yaml", "node: { id: a }")]
    public void ExitCodeAndOutput(int code, string output, string errorOutput, params string[] arguments)
    {
        using Process process = Start(arguments);
        string written = process.StandardOutput.ReadToEnd();
        string complained = process.StandardError.ReadToEnd();

        Assert.True(process.WaitForExit(TestServer.Patience));
        Assert.Equal(code, process.ExitCode);
        Assert.Contains(output, written, StringComparison.Ordinal);
        Assert.Contains(errorOutput, complained, StringComparison.Ordinal);
    }

    [Fact]
    public void Signals_ReopenLogsAndEnd()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["envoy.yaml"], Configs.Http(1));
        using Process process = Start(
            "-c", folder["envoy.yaml"], "--log-path", folder["log"], "--admin-address-path", folder["admin"], "--concurrency", "1");
        int port = AdminPort(folder["admin"]);
        using (var client = new RawClient(port))
        {
            Assert.Equal("1", Between(client.Get("/stats?filter=server.concurrency").Body, "server.concurrency: ", "\n"));
        }

        File.Move(folder["log"], folder["old"]);
        Assert.Equal(0, Kill(process.Id, SigHup));
        Assert.Equal(0, Kill(process.Id, SigUser1));
        Assert.True(SpinWait.SpinUntil(() => File.Exists(folder["log"]), TestServer.Patience), "the log was not opened anew");
        Assert.Equal(0, Kill(process.Id, SigTerm));

        Assert.True(process.WaitForExit(TestServer.Patience));
        Assert.Equal(0, process.ExitCode);
        Assert.Contains("all clusters are initialised", File.ReadAllText(folder["old"]), StringComparison.Ordinal);
        Assert.Contains("SIGTERM: no new connections", File.ReadAllText(folder["log"]), StringComparison.Ordinal);
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "nuncio"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private static int AdminPort(string path)
    {
        string text = "";
        Assert.True(SpinWait.SpinUntil(() => File.Exists(path) && (text = File.ReadAllText(path)).Contains(':', StringComparison.Ordinal), TestServer.Patience));
        return int.Parse(text[(text.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
    }

    private static string Between(string text, string before, string after)
    {
        int start = text.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return text[start..text.IndexOf(after, start, StringComparison.Ordinal)];
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
