namespace Nuncio.IO.Network;

/// <summary>Hears of the attempts behind a connection that has several addresses to try. Same thread as the connection.</summary>
public interface IConnectObserver
{
    /// <summary>One more address is tried, after the first.</summary>
    void OnAnotherAttempt();
}
