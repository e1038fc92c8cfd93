namespace Nuncio.Base.Buffers;

/// <summary>
/// Back-pressure state of one buffer: above the limit the other side must stop reading, at half of it it may go on
/// (hysteresis, so that it does not flip with every byte). A limit of 0 means no limit. Owned with its buffer.
/// </summary>
public struct Watermark(int limit)
{
    /// <summary>What an update found.</summary>
    public enum Crossing
    {
        /// <summary>Nothing changed.</summary>
        None,

        /// <summary>The buffer went above the limit: stop the source.</summary>
        Above,

        /// <summary>The buffer fell to half the limit: let the source go on.</summary>
        Below,
    }

    /// <summary>Bytes above which the source is stopped; 0 is no limit.</summary>
    public int Limit { get; set; } = limit;

    /// <summary>Whether the source is stopped now.</summary>
    public bool IsAbove { get; private set; }

    /// <summary>Tells the new length of the buffer; the caller acts on the crossing.</summary>
    public Crossing Update(int length)
    {
        if (!IsAbove)
        {
            if (Limit == 0 || length <= Limit)
            {
                return Crossing.None;
            }

            IsAbove = true;
            return Crossing.Above;
        }

        if (Limit != 0 && length > Limit / 2)
        {
            return Crossing.None;
        }

        IsAbove = false;
        return Crossing.Below;
    }
}
