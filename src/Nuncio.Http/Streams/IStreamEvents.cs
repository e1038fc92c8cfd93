namespace Nuncio.Http.Streams;

/// <summary>What befalls a stream besides its messages. Called on the stream's thread, never from inside an Encode call of the same stream's owner with bad arguments.</summary>
public interface IStreamEvents
{
    /// <summary>The stream ended early; no call about it follows. <paramref name="detail"/> is a constant text or null.</summary>
    void OnStreamReset(StreamResetReason reason, string? detail);

    /// <summary>What was encoded is piling up: stop producing.</summary>
    void OnAboveWriteBufferHighWatermark();

    /// <summary>The pile has gone: produce again.</summary>
    void OnBelowWriteBufferLowWatermark();
}
