namespace Nuncio.IO.Events;

/// <summary>Something whose memory or descriptors are given back when no callback of it can be on the stack any more.</summary>
public interface IReleasable
{
    /// <summary>Called once, in the closing phase of the iteration.</summary>
    void Release();
}
