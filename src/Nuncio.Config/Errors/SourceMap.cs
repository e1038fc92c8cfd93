namespace Nuncio.Config.Errors;

/// <summary>
/// Where each field of a loaded message was written, by its field path. Made by the loader, immutable afterwards, any thread.
/// Paths cross <c>typed_config</c>: the fields of an unpacked Any continue the path of the field that holds it.
/// </summary>
public sealed class SourceMap
{
    private readonly Dictionary<string, SourcePosition> _positions;
    private readonly string _source;

    /// <param name="source">Name of the source, for paths nothing was recorded for.</param>
    /// <param name="positions">Path to position; the map keeps the dictionary.</param>
    public SourceMap(string source, Dictionary<string, SourcePosition> positions)
    {
        _source = source;
        _positions = positions;
    }

    /// <summary>The position of <paramref name="path"/> or of its nearest written ancestor; the source's name when none is known.</summary>
    public SourcePosition Find(string path)
    {
        ReadOnlySpan<char> rest = path;
        Dictionary<string, SourcePosition>.AlternateLookup<ReadOnlySpan<char>> lookup = _positions.GetAlternateLookup<ReadOnlySpan<char>>();
        while (true)
        {
            if (lookup.TryGetValue(rest, out SourcePosition at))
            {
                return at;
            }

            int cut = rest.LastIndexOfAny('.', '[');
            if (cut < 0)
            {
                return lookup.TryGetValue("", out at) ? at : new SourcePosition(_source, 0, 0);
            }

            rest = rest[..cut];
        }
    }
}
