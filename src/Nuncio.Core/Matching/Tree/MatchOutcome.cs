namespace Nuncio.Core.Matching.Tree;

/// <summary>What a test or a tree says.</summary>
public enum MatchOutcome : byte
{
    /// <summary>No.</summary>
    NoMatch,

    /// <summary>Yes.</summary>
    Matched,

    /// <summary>Something it asks for is not there yet (headers of a response while there is only a request): ask again later.</summary>
    InsufficientData,
}
