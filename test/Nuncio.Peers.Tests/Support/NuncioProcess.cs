using System.Globalization;
using System.Net;

namespace Nuncio.Peers.Tests.Support;

/// <summary>
/// The proxy itself as users run it, built in the same configuration as the tests. It listens on ports of the system's choice,
/// asked for by name through the admin interface, and must end by itself when told to.
/// </summary>
internal sealed class NuncioProcess : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly ChildProcess _process;
    private readonly HttpClient _admin = new() { Timeout = ChildProcess.Patience };

    /// <param name="configuration">The bootstrap without its <c>admin</c>.</param>
    internal NuncioProcess(string configuration)
    {
        string file = _scratch.Write("nuncio.yaml", configuration + Admin);
        string address = _scratch.PathOf("admin");
        _process = new ChildProcess(
            Program, ["-c", file, "--concurrency", "1", "--admin-address-path", address, "--log-level", "warning", "--file-flush-interval-msec", "50"]);
        try
        {
            string admin = Await.Value("the admin interface listens", () => AdminAddress(address), () => _process.Errors);
            _admin.BaseAddress = new Uri("http://" + admin);
            Await.True("the server is live", () => Get("/ready") == "LIVE\n", () => _process.Errors);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private static string Admin => """

        admin:
          address:
            socket_address: { address: 127.0.0.1, port_value: 0 }
        """;

    /// <summary>The proxy's executable.</summary>
    internal static string Program
    {
        get
        {
            // .../artifacts/bin/Nuncio.Peers.Tests/release/
            string own = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
            string path = Path.Combine(own, "..", "..", "Nuncio.Server", Path.GetFileName(own), "nuncio");
            Assert.True(File.Exists(path), $"no proxy at {path}");
            return Path.GetFullPath(path);
        }
    }

    internal int Id => _process.Id;

    public void Dispose()
    {
        try
        {
            if (!_process.HasExited)
            {
                _process.Terminate();
                Finished end = _process.Wait();
                Assert.True(end.ExitCode == 0, $"the proxy ended with {end.ExitCode}: {end.Errors}");
            }
        }
        finally
        {
            _process.Dispose();
            _admin.Dispose();
            _scratch.Dispose();
        }
    }

    /// <summary>The port of a listener.</summary>
    internal int Port(string listener = "main")
    {
        string prefix = listener + "::";
        foreach (string line in Get("/listeners").Split('\n'))
        {
            if (line.StartsWith(prefix, StringComparison.Ordinal))
            {
                return int.Parse(line.AsSpan(line.LastIndexOf(':') + 1), CultureInfo.InvariantCulture);
            }
        }

        throw new InvalidOperationException($"no listener {listener}: {_process.Errors}");
    }

    internal string Url(string path = "/", string listener = "main") => $"http://127.0.0.1:{Port(listener)}{path}";

    /// <summary>A page of the admin interface.</summary>
    internal string Get(string path)
    {
        try
        {
            using HttpResponseMessage response = _admin.Send(new HttpRequestMessage(HttpMethod.Get, path));
            using StreamReader body = new(response.Content.ReadAsStream());
            return body.ReadToEnd();
        }
        catch (HttpRequestException) when (!_process.HasExited)
        {
            return "";
        }
    }

    /// <summary>One number of <c>/stats</c>; 0 while there is none.</summary>
    internal long Stat(string name)
    {
        foreach (string line in Get("/stats?filter=^" + WebUtility.UrlEncode(name.Replace(".", "\\.", StringComparison.Ordinal)) + "$").Split('\n'))
        {
            if (line.StartsWith(name + ": ", StringComparison.Ordinal))
            {
                return long.Parse(line.AsSpan(name.Length + 2), CultureInfo.InvariantCulture);
            }
        }

        return 0;
    }

    private string? AdminAddress(string file)
    {
        Assert.False(_process.HasExited, $"the proxy ended: {_process.Errors}");
        return File.Exists(file) && File.ReadAllText(file) is { Length: > 0 } text ? text : null;
    }
}
