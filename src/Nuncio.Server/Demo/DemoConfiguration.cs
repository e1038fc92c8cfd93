using System.Globalization;
using System.Text;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;

namespace Nuncio.Server.Demo;

/// <summary>
/// The configuration of those who have none: HTTP in front of a small upstream in the same process, reached through an abstract Unix
/// domain socket so that it takes no port. Immutable.
/// </summary>
internal sealed class DemoConfiguration
{
    private const int DefaultHttpPort = 10000;
    private const int DefaultAdminPort = 9901;

    /// <summary>The demo on these ports; 0 lets the system choose. <paramref name="name"/> keeps two demos of one machine apart.</summary>
    internal DemoConfiguration(int httpPort, int adminPort, string name)
    {
        Yaml = Template()
            .Replace("@http@", httpPort.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("@admin@", adminPort.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("@upstream@", "@nuncio-demo-" + name, StringComparison.Ordinal);
        Welcome = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            Nuncio runs its demo: HTTP on 127.0.0.1:{httpPort} in front of a small upstream, admin on 127.0.0.1:{adminPort}. Try:

              curl -v http://127.0.0.1:{httpPort}/             through the proxy to the upstream
              curl -v http://127.0.0.1:{httpPort}/direct       answered by the proxy
              curl -v http://127.0.0.1:{httpPort}/old/page     a redirect
              curl 'http://127.0.0.1:{adminPort}/stats?usedonly' what was counted
              curl http://127.0.0.1:{adminPort}/help           what else the admin server shows

            With a configuration of your own: nuncio -c envoy.yaml. Ctrl-C ends it.


            """);
    }

    /// <summary>The demo of <c>nuncio</c> without options.</summary>
    internal static DemoConfiguration Default { get; } =
        new(DefaultHttpPort, DefaultAdminPort, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));

    /// <summary>What to say when a port of the demo is taken.</summary>
    internal static string PortTaken { get; } =
        $"The demo needs the ports {DefaultHttpPort} and {DefaultAdminPort} of 127.0.0.1, and one of them is taken: perhaps another demo runs.\n" +
        "End whoever has it, or run a configuration of your own: nuncio -c envoy.yaml";

    /// <summary>The configuration.</summary>
    internal string Yaml { get; }

    /// <summary>What to try, for people.</summary>
    internal string Welcome { get; }

    /// <summary>Loads it like any other configuration.</summary>
    internal LoadedBootstrap? Load(ConfigErrors errors) => ConfigLoader.LoadBootstrap(path: null, Yaml, LoadOptions.Default, errors);

    private static string Template()
    {
        using Stream stream = typeof(DemoConfiguration).Assembly.GetManifestResourceStream("demo.yaml")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
