using System.Diagnostics;
using System.Globalization;
using Nuncio.Integration.Tests.Server;

namespace Nuncio.Integration.Tests.HotRestart;

/// <summary><c>nuncio upgrade</c> with real processes.</summary>
public sealed class UpgradeTests : IDisposable
{
    private static readonly string s_executable = Path.Combine(AppContext.BaseDirectory, "nuncio");

    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _processes = [];
    private readonly string _socket = "@nuncio-test-" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
    private readonly int _port;
    private readonly int _adminPort;

    public UpgradeTests()
    {
        // Free at this moment; the first process binds them next.
        using var one = new ScriptedUpstream();
        using var other = new ScriptedUpstream();
        _port = one.Port;
        _adminPort = other.Port;
        File.WriteAllText(_folder["envoy.yaml"], Yaml());
    }

    [Fact]
    public void UnderLoad_NothingFails()
    {
        Process old = Start();
        using var load = new SteadyRequests(_port);

        foreach (int epoch in new[] { 1, 2, 3, 4 })
        {
            (int code, string output, string errors) = Upgrade();
            Assert.True(code == 0, errors);
            Assert.Contains($"epoch {epoch - 1}\n", output, StringComparison.Ordinal);
            Assert.EndsWith("done: the new process serves, the old one drains\n", output, StringComparison.Ordinal);
            Assert.Equal(epoch, Stat("server.hot_restart_epoch"));
        }

        Assert.True(old.WaitForExit(TestServer.Patience));
        Assert.Equal(0, old.ExitCode);
        (long requests, IReadOnlyList<string> failures) = load.Stop();
        Assert.Empty(failures);
        Assert.InRange(requests, 100, long.MaxValue);
        RestartServer.Await(() => Stat("server.parent_connections") == 0, "the fourth process does not end");
        Quit();
    }

    [Fact]
    public void OldProcessKilledWhileItDrains_IsNoHarmToTheNewOne()
    {
        Process old = Start();
        using var idle = new RawClient(_port);
        Assert.Equal(200, idle.Get("/direct").Status);
        Assert.Equal(0, Upgrade().Code);
        RestartServer.Await(() => Stat("server.parent_connections") == 1, "the old process's connection is not counted");

        old.Kill();

        RestartServer.Await(() => Stat("server.parent_connections") == 0, "the old process is still counted");
        Assert.Equal("direct", Get().Body);
        Assert.Equal(0, Upgrade().Code);
        Assert.Equal(2, Stat("server.hot_restart_epoch"));
        Quit();
    }

    [Fact]
    public void NewConfiguration_IsTakenByTheNewProcess()
    {
        Start();
        File.WriteAllText(_folder["new.yaml"], Yaml().Replace("inline_string: \"direct\"", "inline_string: \"new\"", StringComparison.Ordinal));

        (int code, _, string errors) = Upgrade("-c", _folder["new.yaml"]);

        Assert.True(code == 0, errors);
        Assert.Equal("new", Get().Body);
        Quit();
    }

    [Fact]
    public void WrongConfiguration_IsSaidHereAndChangesNothing()
    {
        Process old = Start();
        File.WriteAllText(_folder["bad.yaml"], "nonsense: 1");

        (int code, _, string errors) = Upgrade("-c", _folder["bad.yaml"]);

        Assert.Equal(1, code);
        Assert.Contains("bad.yaml:1:1: nonsense", errors, StringComparison.Ordinal);
        Assert.Equal("direct", Get().Body);
        Assert.False(old.HasExited);
        Quit();
    }

    [Fact]
    public void NewProcessThatCannotStart_IsSaidAndChangesNothing()
    {
        Process old = Start();

        // Its log cannot be opened, which no check of the configuration sees.
        (int code, _, string errors) = Upgrade("--", "--log-path", "/no/such/folder/log");

        Assert.Equal(1, code);
        Assert.Equal("error: the new process ended with code 1 before it was ready; its log says why\n", errors);
        Assert.Equal("direct", Get().Body);
        Assert.False(old.HasExited);
        Assert.Equal(0, Upgrade().Code);
        Quit();
    }

    [Fact]
    public void NoInstance_IsSaid()
    {
        (int code, _, string errors) = Upgrade();

        Assert.Equal(1, code);
        Assert.Equal($"error: no instance with base id 0 answers at '{_socket}'\n", errors);
    }

    [Fact]
    public void Help_IsPrinted()
    {
        (int code, string output, _) = Run("upgrade", "--help");

        Assert.Equal(0, code);
        Assert.StartsWith("usage: nuncio upgrade", output, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }

            process.Dispose();
        }

        _folder.Dispose();
    }

    private string Yaml()
    {
        string[] parts = Configs.Http(1).Split("port_value: 0");
        return string.Create(CultureInfo.InvariantCulture, $"{parts[0]}port_value: {_adminPort}{parts[1]}port_value: {_port}{parts[2]}");
    }

    private Process Start()
    {
        string[] arguments =
        [
            "-c", _folder["envoy.yaml"], "--socket-path", _socket, "--log-path", _folder["log"], "--concurrency", "2", "--drain-time-s", "1",
            "--parent-shutdown-time-s", "20",
        ];
        Process process = Process.Start(new ProcessStartInfo(s_executable, arguments))!;
        _processes.Add(process);
        RestartServer.Await(() => File.Exists(_folder["log"]) && ReadLog().Contains("workers accept", StringComparison.Ordinal), "the first process does not start");
        return process;
    }

    private string ReadLog()
    {
        using var stream = new FileStream(_folder["log"], FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private (int Code, string Output, string Errors) Upgrade(params string[] more) => Run(["upgrade", "--socket-path", _socket, .. more]);

    private static (int Code, string Output, string Errors) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(s_executable, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        string errors = process.StandardError.ReadToEnd();
        Assert.True(process.WaitForExit(TestServer.Patience));
        return (process.ExitCode, output, errors);
    }

    private HttpReply Get()
    {
        using var client = new RawClient(_port);
        return client.Get("/direct");
    }

    private int Stat(string name)
    {
        using var admin = new RawClient(_adminPort);
        string body = admin.Get("/stats?filter=" + name).Body;
        return int.Parse(body.AsSpan(body.IndexOf(": ", StringComparison.Ordinal) + 2).TrimEnd('\n'), CultureInfo.InvariantCulture);
    }

    private void Quit()
    {
        using var admin = new RawClient(_adminPort);
        admin.Send("POST /quitquitquit HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n");
        Assert.Equal(200, admin.ReadReply().Status);
        Assert.Equal("", admin.ReadToEnd());
    }
}
