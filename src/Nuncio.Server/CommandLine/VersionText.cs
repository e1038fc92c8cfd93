using System.Reflection;

namespace Nuncio.Server.CommandLine;

/// <summary>Which build this is. Stateless.</summary>
public static class VersionText
{
    /// <summary>Version number, such as <c>0.1.0</c>.</summary>
    public static string Number { get; } = Plain(typeof(VersionText).Assembly);

    /// <summary>The version as <c>/server_info</c> shows it: commit/version/state/build/TLS library, as Envoy's.</summary>
    public static string Full { get; } = $"{Commit(typeof(VersionText).Assembly)}/{Number}/Clean/RELEASE/none";

    /// <summary>The line of <c>--version</c>.</summary>
    public static string Line { get; } = $"nuncio  version: {Full}";

    /// <summary>The version as one number, for the gauge <c>server.version</c>.</summary>
    public static long AsNumber
    {
        get
        {
            Version version = typeof(VersionText).Assembly.GetName().Version ?? new Version(0, 0, 0);
            return (version.Major * 1_000_000L) + (version.Minor * 1_000) + version.Build;
        }
    }

    private static string Plain(Assembly assembly) => assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    // The SDK appends the commit it built from, behind a plus sign, where it knows it.
    private static string Commit(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+') is [_, { Length: > 0 } commit]
            ? commit
            : "0000000000000000000000000000000000000000";
}
