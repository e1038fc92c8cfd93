namespace Nuncio.IO.Network;

/// <summary>Hears of bytes that went past the filters inside the kernel. Same thread as both connections.</summary>
public interface ISpliceObserver
{
    /// <summary>So many bytes were received and are on their way to the target; no filter will see them.</summary>
    void OnSpliced(int bytes);
}
