namespace Nuncio.Http.Streams;

/// <summary>What the client codec needs of the pooled connection that owns it. Implemented in Core.</summary>
public interface IClientCodecCallbacks
{
    /// <summary>Bytes were appended to the output buffer: send them before the loop polls again.</summary>
    void OnOutput();

    /// <summary>Input that was left behind can be dispatched now. Never acts inside the call.</summary>
    void OnReadUnblocked();

    /// <summary>Request and response of the active stream are both complete, or it was reset: the connection is free again or must close (see <see cref="IClientCodec.IsReusable"/>). The next stream may begin inside this call.</summary>
    void OnStreamEnded();

    /// <summary>The connection must be closed now.</summary>
    void OnCloseWanted();
}
