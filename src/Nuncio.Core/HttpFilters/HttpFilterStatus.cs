namespace Nuncio.Core.HttpFilters;

/// <summary>What a filter says after it saw headers.</summary>
public enum HeadersStatus : byte
{
    /// <summary>Go on to the next filter.</summary>
    Continue,

    /// <summary>Do not call the next filter with headers until told to continue; body and trailers still come to this filter.</summary>
    StopIteration,

    /// <summary>Stop, and keep body and trailers buffered (error when over the limit) until told to continue.</summary>
    StopAllIterationAndBuffer,

    /// <summary>Stop, and keep body and trailers buffered, pausing the source at the limit, until told to continue.</summary>
    StopAllIterationAndWatermark,
}

/// <summary>What a filter says after it saw a piece of the body.</summary>
public enum DataStatus : byte
{
    /// <summary>Go on to the next filter, with headers first if they were held back.</summary>
    Continue,

    /// <summary>Keep the piece buffered for this filter; error (413 or 500) when over the limit.</summary>
    StopIterationAndBuffer,

    /// <summary>Keep the piece buffered for this filter; pause the source at the limit.</summary>
    StopIterationAndWatermark,

    /// <summary>The filter took the piece itself.</summary>
    StopIterationNoBuffer,
}

/// <summary>What a filter says after it saw trailers.</summary>
public enum TrailersStatus : byte
{
    /// <summary>Go on to the next filter.</summary>
    Continue,

    /// <summary>Hold them until told to continue.</summary>
    StopIteration,
}
