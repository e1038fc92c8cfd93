namespace Nuncio.Base.Stats;

/// <summary>Finds one tag in a stat's name. Immutable; asked once per stat, when it is made.</summary>
internal abstract class TagExtractor
{
    protected TagExtractor(string tagName, string firstToken)
    {
        TagName = tagName;
        FirstToken = firstToken;
    }

    /// <summary>The tag's name.</summary>
    internal string TagName { get; }

    /// <summary>What must stand before the name's first dot for the tag to be there; empty where that can be anything.</summary>
    internal string FirstToken { get; }

    /// <summary>Looks for the tag in the full, untouched name.</summary>
    internal abstract bool TryExtract(string name, out TagMatch match);

    /// <summary>Where a token that begins at <paramref name="start"/> ends: at the next dot or the end of the name.</summary>
    private protected static int TokenEnd(string name, int start)
    {
        int dot = name.IndexOf('.', start);
        return dot < 0 ? name.Length : dot;
    }
}

/// <summary>A tag found: its value, and the part of the name that becomes of no use.</summary>
internal readonly record struct TagMatch(Range Value, Range Removed);
