using Nuncio.Base.Stats;

namespace Nuncio.Core.Listeners;

/// <summary>What a listener lends to the filters of its connections on one worker. Owner: that worker.</summary>
/// <param name="Name">The listener's name.</param>
/// <param name="Scope"><c>listener.&lt;address&gt;.</c>, bound to the worker.</param>
/// <param name="Drain">Whether responses must tell clients to go away.</param>
/// <param name="BufferLimit">Bytes of one connection's buffers; 0 is no limit.</param>
public sealed record ListenerContext(string Name, StatScope Scope, DrainState Drain, int BufferLimit)
{
    /// <summary><c>bypass_overload_manager</c>: its connections and requests are never turned away.</summary>
    public bool BypassesOverload { get; init; }
}
