namespace Nuncio.Base.Stats;

/// <summary>What to do with hidden stats (<c>?hidden=</c>).</summary>
public enum HiddenStats
{
    /// <summary>Leave them out.</summary>
    Exclude,

    /// <summary>Show them with the others.</summary>
    Include,

    /// <summary>Show nothing else.</summary>
    Only,
}
