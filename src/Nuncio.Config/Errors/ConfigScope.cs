using System.Globalization;

namespace Nuncio.Config.Errors;

/// <summary>
/// A place in the configuration being converted: the errors of the load, the field path so far, and the way back to file and
/// line. Passed down by value while a wire message is turned into our own config objects; the path string is built
/// as we descend (control plane only).
/// </summary>
public readonly struct ConfigScope
{
    private readonly ConfigErrors _errors;
    private readonly SourceMap _map;

    /// <summary>The root scope of a load.</summary>
    public ConfigScope(ConfigErrors errors, SourceMap map, string path = "")
    {
        _errors = errors;
        _map = map;
        Path = path;
    }

    /// <summary>Field path from the root message; empty at the root.</summary>
    public string Path { get; }

    /// <summary>Whether any error was added to this load so far.</summary>
    public bool HasErrors => _errors.Any;

    /// <summary>Number of errors of this load so far; compare before and after to see whether a part was right.</summary>
    public int ErrorCount => _errors.Count;

    /// <summary>Where this place is in the source.</summary>
    public SourcePosition Position => _map.Find(Path);

    /// <summary>The scope of a field of the current message, by its snake_case name.</summary>
    public ConfigScope Field(string name) => new(_errors, _map, Path.Length == 0 ? name : Path + "." + name);

    /// <summary>The scope of one item of the current list.</summary>
    public ConfigScope Item(int index) => new(_errors, _map, Path + "[" + index.ToString(CultureInfo.InvariantCulture) + "]");

    /// <summary>The scope of one value of the current map field.</summary>
    public ConfigScope Key(string key) => new(_errors, _map, Path + "[\"" + key + "\"]");

    /// <summary>Adds an error at this place: what was found, what was expected.</summary>
    public void Error(string message) => _errors.Add(new ConfigError(Position, Path, message));
}
