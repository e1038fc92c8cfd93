namespace Nuncio.IO.Sockets;

/// <summary>When in a socket's making an option is set (Envoy: <c>SocketOption.state</c>).</summary>
public enum SocketState
{
    /// <summary>After socket(), before bind().</summary>
    Prebind,

    /// <summary>After bind(), before listen().</summary>
    Bound,

    /// <summary>After listen(); for client sockets, after connect() was started.</summary>
    Listening,
}
