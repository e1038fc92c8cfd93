namespace Nuncio.IO.Network;

/// <summary>
/// What lies between a connection's buffers and its descriptor: plain bytes, TLS, PROXY protocol. One per connection, same owner.
/// </summary>
public interface ITransportSocket
{
    /// <summary>The application protocol agreed on in the handshake; empty when there was none.</summary>
    string Protocol { get; }

    /// <summary>Why the transport failed, for the user; null while it did not.</summary>
    string? FailureReason { get; }

    /// <summary>Whether bytes can still be sent while closing (not before a handshake has ended).</summary>
    bool CanFlushClose { get; }

    /// <summary>
    /// Whether it holds bytes that the system has not taken yet: the connection is not flushed before they have left, and comes back with
    /// <see cref="Write"/> when there is room.
    /// </summary>
    bool HasPendingOutput => false;

    /// <summary>Called once, by the connection that takes it.</summary>
    void Initialize(Connection connection);

    /// <summary>The descriptor is connected: start the handshake, or call <see cref="Connection.RaiseConnected"/> at once.</summary>
    void OnConnected();

    /// <summary>
    /// Bytes that were read from the descriptor before there was a connection (by listener filters): the transport's first input. Plain
    /// bytes go on into <paramref name="readBuffer"/>. Called before <see cref="OnConnected"/>. True when it kept some, for <see cref="Read"/>.
    /// </summary>
    bool TakePreread(Buffer bytes, Buffer readBuffer);

    /// <summary>
    /// Reads about <paramref name="wanted"/> bytes at most. <see cref="IoOutcome.Blocked"/> after a short read,
    /// <see cref="IoOutcome.More"/> when the room was filled, <see cref="IoOutcome.Done"/> at the peer's end.
    /// </summary>
    IoResult Read(Buffer into, int wanted);

    /// <summary>
    /// Sends and drains as much as goes. <see cref="IoOutcome.Done"/> when everything is gone, and the end too if
    /// <paramref name="endStream"/> says there is one.
    /// </summary>
    IoResult Write(Buffer from, bool endStream);

    /// <summary>The connection is about to close its descriptor.</summary>
    void OnClose();
}
