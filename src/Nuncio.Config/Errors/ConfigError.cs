namespace Nuncio.Config.Errors;

/// <summary>One thing wrong with a configuration, said so that it can be mended without reading our source.</summary>
/// <param name="Position">Where; null only when nothing of the source led there.</param>
/// <param name="Path">Field path from the root message, such as <c>static_resources.listeners[0].name</c>.</param>
/// <param name="Message">What was found, what was expected, and the nearest valid name where one exists.</param>
public sealed record ConfigError(SourcePosition? Position, string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        string place = Position is { } at ? at + ": " : "";
        return Path.Length == 0 ? place + Message : $"{place}{Path}: {Message}";
    }
}
