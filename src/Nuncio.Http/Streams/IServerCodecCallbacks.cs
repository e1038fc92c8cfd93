namespace Nuncio.Http.Streams;

/// <summary>What the server codec needs of the connection that owns it. Implemented in Core.</summary>
public interface IServerCodecCallbacks
{
    /// <summary>
    /// A request begins with its first byte; the receiver keeps <paramref name="encoder"/> until the stream has ended in both
    /// directions or was reset. HTTP/1 uses the same object for the next request.
    /// </summary>
    IRequestDecoder OnNewStream(IResponseEncoder encoder);

    /// <summary>Bytes were appended to the output buffer: send them before the loop polls again.</summary>
    void OnOutput();

    /// <summary>Input that was left behind can be dispatched now (a response was completed, reading was resumed). Never acts inside the call.</summary>
    void OnReadUnblocked();

    /// <summary>The connection must be closed, after what is in the output was sent when <paramref name="flush"/> is set.</summary>
    void OnCloseWanted(bool flush);
}
