using Nuncio.IO.Sockets;

namespace Nuncio.Core.Dns;

/// <summary>
/// Turns names into addresses for the main thread. A seam: the system's resolver in production, a scripted one in tests.
/// </summary>
/// <remarks>Owner: main thread, which asks and is answered; the work in between is elsewhere.</remarks>
public abstract class DnsResolver
{
    /// <summary>Begins a resolution. The answer comes from the main dispatcher's loop, never inside this call.</summary>
    public abstract DnsQuery Resolve(string name, DnsLookupFamily family, IDnsCallbacks callbacks);
}

/// <summary>Hears the answer to a query; main thread.</summary>
public interface IDnsCallbacks
{
    /// <summary>The answer; the query is over.</summary>
    void OnResolved(DnsAnswer answer);
}

/// <summary>What a resolution came to. Immutable.</summary>
/// <param name="IsCompleted">False when the resolver failed. "No such name" is a completed answer without addresses.</param>
/// <param name="Addresses">The addresses, port 0, in the order they are to be used.</param>
/// <param name="Details">Words on a failure, for the log.</param>
public sealed record DnsAnswer(bool IsCompleted, IReadOnlyList<NetworkAddress> Addresses, string Details = "")
{
    /// <summary>A failure.</summary>
    public static DnsAnswer Failed(string details) => new(false, [], details);
}
