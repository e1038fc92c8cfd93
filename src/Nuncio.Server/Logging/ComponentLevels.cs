using Microsoft.Extensions.Logging;
using Nuncio.Config.Loading;

namespace Nuncio.Server.Logging;

/// <summary>Reads lists of levels such as <c>upstream:debug,config:trace</c>. Stateless.</summary>
internal static class ComponentLevels
{
    /// <summary>Appends the pairs of the list; false with the first thing that is wrong.</summary>
    internal static bool TryParse(string text, List<KeyValuePair<string, LogLevel>> levels, out string error)
    {
        error = "";
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (part.Split(':') is not [{ Length: > 0 } name, { Length: > 0 } word])
            {
                error = $"found \"{part}\", expected name:level";
                return false;
            }

            if (!LogLevelNames.TryParse(word, out LogLevel level))
            {
                error = $"found level \"{word}\", expected one of {LogLevelNames.Choices}";
                return false;
            }

            if (!LogComponents.All.Contains(name))
            {
                error = $"there is no logger \"{name}\"{NearestName.Suggest(name, LogComponents.All)}";
                return false;
            }

            levels.Add(new(name, level));
        }

        return true;
    }
}
