namespace Nuncio.IO.Events;

/// <summary>The owner of a descriptor registered with a <see cref="Dispatcher"/>; called on the dispatcher's thread.</summary>
public interface IIoHandler
{
    /// <summary>The descriptor has news. Edge-triggered: what is not consumed now is not told again.</summary>
    void OnIoEvents(IoEvents events);

    /// <summary>
    /// An exception escaped from <see cref="OnIoEvents"/>. The owner ends what it owns; the dispatcher has counted and
    /// reported it already.
    /// </summary>
    void OnUnhandledException(Exception exception)
    {
    }
}
