namespace Nuncio.Core.ListenerFilters;

/// <summary>What a listener filter answers.</summary>
public enum ListenerFilterStatus : byte
{
    /// <summary>On with the next filter.</summary>
    Continue,

    /// <summary>Wait: for more bytes, or until <see cref="AcceptedSocket.ContinueFilters"/>, or the socket was closed.</summary>
    StopIteration,
}
