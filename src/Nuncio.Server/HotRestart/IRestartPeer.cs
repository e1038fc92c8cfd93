namespace Nuncio.Server.HotRestart;

/// <summary>Who listens to a <see cref="RestartChannel"/> that is watched. Called on the main thread.</summary>
internal interface IRestartPeer
{
    /// <summary>A message came. The descriptors belong to the callee.</summary>
    void OnMessage(ReadOnlySpan<byte> message, List<int> descriptors);

    /// <summary>The other process is gone, or spoke nonsense; the channel is closed. Told once, and not after <see cref="RestartChannel.Close"/>.</summary>
    void OnClosed();
}
