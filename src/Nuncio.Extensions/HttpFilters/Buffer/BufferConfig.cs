namespace Nuncio.Extensions.HttpFilters.Buffer;

/// <summary>What the user wants of the buffer filter; immutable. Also its override on a route.</summary>
/// <param name="MaxRequestBytes"><c>max_request_bytes</c>: a request whose body is longer is answered 413.</param>
/// <param name="Disabled">The route lets requests stream through unbuffered.</param>
public sealed record BufferConfig(int MaxRequestBytes, bool Disabled = false);
