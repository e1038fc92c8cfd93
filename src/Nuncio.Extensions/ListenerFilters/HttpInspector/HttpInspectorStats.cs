using Nuncio.Base.Stats;

namespace Nuncio.Extensions.ListenerFilters.HttpInspector;

/// <summary><c>http_inspector.*</c> on one worker. Owner: that worker; all inspectors of the process add up.</summary>
internal sealed class HttpInspectorStats(StatScope scope)
{
    /// <summary>Clients closed since their first line is too long.</summary>
    internal readonly Counter ReadError = scope.Counter("read_error");

    /// <summary>HTTP/1.0, and older.</summary>
    internal readonly Counter Http10Found = scope.Counter("http10_found");

    /// <summary>HTTP/1.1.</summary>
    internal readonly Counter Http11Found = scope.Counter("http11_found");

    /// <summary>HTTP/2 with prior knowledge.</summary>
    internal readonly Counter Http2Found = scope.Counter("http2_found");

    /// <summary>Something else.</summary>
    internal readonly Counter HttpNotFound = scope.Counter("http_not_found");
}
