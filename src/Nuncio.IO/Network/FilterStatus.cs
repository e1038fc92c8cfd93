namespace Nuncio.IO.Network;

/// <summary>What a network filter wants to happen next.</summary>
public enum FilterStatus
{
    /// <summary>Go on with the next filter.</summary>
    Continue,

    /// <summary>Stop here; the filter goes on later with <see cref="Connection.ContinueReading"/>, or never.</summary>
    StopIteration,
}
