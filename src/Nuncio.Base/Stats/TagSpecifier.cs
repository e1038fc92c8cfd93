namespace Nuncio.Base.Stats;

/// <summary>One tag of <c>stats_tags</c> or of the command line. Immutable.</summary>
public sealed class TagSpecifier
{
    private TagSpecifier(string name, string? fixedValue, IReadOnlyList<TagExtractor> extractors)
    {
        Name = name;
        FixedValue = fixedValue;
        Extractors = extractors;
    }

    /// <summary>The tag's name.</summary>
    public string Name { get; }

    /// <summary>The value of every stat, or null where it is taken from the name.</summary>
    public string? FixedValue { get; }

    internal IReadOnlyList<TagExtractor> Extractors { get; }

    /// <summary>A tag with one value for all stats.</summary>
    public static TagSpecifier Fixed(string name, string value) => new(name, value, []);

    /// <summary>
    /// A tag taken from the name: group 1 of the expression is removed from it, group 2 (or, without one, group 1) is the value.
    /// False where the expression is not valid.
    /// </summary>
    public static bool TryRegex(string name, string expression, out TagSpecifier specifier, out string error)
    {
        bool ok = RegexTagExtractor.TryMake(name, expression, out RegexTagExtractor? extractor, out error);
        specifier = new TagSpecifier(name, null, extractor is null ? [] : [extractor]);
        return ok;
    }

    /// <summary>
    /// One of the default tags, for configurations that switch the others off. False where there is none of that name.
    /// </summary>
    public static bool TryDefault(string name, out TagSpecifier specifier, out string error)
    {
        var extractors = new List<TagExtractor>();
        foreach (TagExtractor extractor in DefaultTags.Extractors)
        {
            if (extractor.TagName == name)
            {
                extractors.Add(extractor);
            }
        }

        specifier = new TagSpecifier(name, null, extractors);
        error = extractors.Count != 0
            ? ""
            : $"No regex specified for tag specifier and no default regex for name: '{name}'";
        return extractors.Count != 0;
    }
}
