using Nuncio.Core.Streams;
using Nuncio.IO.Events;

namespace Nuncio.Core.ListenerFilters;

/// <summary>A socket that was accepted and is not a connection yet, as its listener filters see it.</summary>
/// <remarks>Owner: its worker. Ends by becoming a connection or by being closed; it must not be used after that.</remarks>
public abstract class AcceptedSocket
{
    /// <summary>What is known of it so far; filters write what they find.</summary>
    public abstract ConnectionInfo Info { get; }

    /// <summary>The worker's loop.</summary>
    public abstract Dispatcher Dispatcher { get; }

    /// <summary>The socket, for socket options.</summary>
    public abstract int FileDescriptor { get; }

    /// <summary>Takes the first bytes away: neither later filters nor the connection see them. Only inside <see cref="ListenerFilter.OnData"/>.</summary>
    public abstract void Consume(int count);

    /// <summary>Goes on behind the filter that stopped.</summary>
    public abstract void ContinueFilters();

    /// <summary>Closes it without a connection. The reason goes to the listener's access log.</summary>
    public abstract void Close(string reason);
}
