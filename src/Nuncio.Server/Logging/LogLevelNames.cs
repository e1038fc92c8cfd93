using Microsoft.Extensions.Logging;

namespace Nuncio.Server.Logging;

/// <summary>Envoy's names of log levels. Stateless.</summary>
public static class LogLevelNames
{
    /// <summary>The names, weakest level first, as usage texts list them.</summary>
    public static IReadOnlyList<string> All { get; } = ["trace", "debug", "info", "warning", "error", "critical", "off"];

    /// <summary>The names for an error message.</summary>
    public static string Choices { get; } = string.Join(", ", All);

    /// <summary>The name of a level.</summary>
    public static string Of(LogLevel level) => All[Math.Clamp((int)level, 0, All.Count - 1)];

    /// <summary>The level of a name; <c>warn</c> is <c>warning</c>.</summary>
    public static bool TryParse(string name, out LogLevel level)
    {
        for (int i = 0; i < All.Count; i++)
        {
            if (All[i] == name || (name == "warn" && (LogLevel)i == LogLevel.Warning))
            {
                level = (LogLevel)i;
                return true;
            }
        }

        level = LogLevel.Information;
        return false;
    }
}
