namespace Nuncio.Core.Failures;

/// <summary>Whether another attempt may help, as far as the kind of the failure tells.</summary>
public enum RetryClass : byte
{
    /// <summary>Another attempt would fail alike, or must not be made.</summary>
    Never,

    /// <summary>
    /// Only if the connection had served before: it may have been closed by the peer while the request was on its way
    /// (RFC 9110 section 9.2.2 says for which methods).
    /// </summary>
    IfConnectionWasReused,

    /// <summary>The upstream did nothing with the request: another attempt is safe for every method.</summary>
    Yes,
}
