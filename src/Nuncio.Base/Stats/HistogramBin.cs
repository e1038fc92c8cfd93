namespace Nuncio.Base.Stats;

/// <summary>
/// One bin that holds samples: those from <paramref name="LowerBound"/> up to, but not including, that plus <paramref
/// name="Width"/>.
/// </summary>
public readonly record struct HistogramBin(double LowerBound, double Width, long Count)
{
    /// <summary>The first value that is not in the bin; 0 for the bin of 0, which has no width.</summary>
    public double UpperBound => LowerBound + Width;
}
