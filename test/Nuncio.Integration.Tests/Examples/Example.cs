using System.Globalization;
using System.Text.RegularExpressions;
using Nuncio.Integration.Tests.Server;
using Nuncio.Server.CommandLine;

namespace Nuncio.Integration.Tests.Examples;

/// <summary>
/// The configuration of an example as it stands in the tree, but for what a test cannot share with its neighbours: the ports it listens on
/// are the system's choice, the service on port 8080 is the test's, and names in the machine's namespace are the test's own.
/// </summary>
internal static partial class Example
{
    /// <summary>Starts a server of it. <paramref name="replace"/> is what else of the text is the test's, as old and new.</summary>
    internal static TestServer Start(string name, int servicePort = 0, int workers = 2, params (string Old, string New)[] replace)
    {
        string text = Read(name, "nuncio.yaml");
        text = ListenPort().Replace(text, "port_value: 0")
            .Replace("port_value: 8080", "port_value: " + servicePort.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("\"@nuncio-", $"\"@nuncio-{Guid.NewGuid():N}-", StringComparison.Ordinal);
        foreach ((string old, string mine) in replace)
        {
            Assert.Contains(old, text, StringComparison.Ordinal);
            text = text.Replace(old, mine, StringComparison.Ordinal);
        }

        return TestServer.Start(text, new ServerOptions { Concurrency = workers, FileFlushInterval = TimeSpan.FromMilliseconds(20) });
    }

    /// <summary>A file of an example.</summary>
    internal static string Read(string name, string file) => File.ReadAllText(Path.Combine(Root(), "examples", name, file));

    /// <summary>The value of a statistic, by the admin server.</summary>
    internal static string Stat(this TestServer server, string name) =>
        server.Admin($"/stats?filter=^{Regex.Escape(name)}$").Body.Split(": ")[^1].TrimEnd('\n');

    private static string Root()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Nuncio.slnx")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException("the tests do not run in the tree");
    }

    [GeneratedRegex("port_value: (10\\d{3}|9901)\\b")]
    private static partial Regex ListenPort();
}
