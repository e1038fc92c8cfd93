using Nuncio.Http.Headers;

namespace Nuncio.Core.Matching.Tree.Inputs;

/// <summary>A header or trailer, all its values joined with commas. Envoy: type.matcher.v3.HttpRequestHeaderMatchInput. Immutable; any thread.</summary>
public sealed class HttpHeaderInput(HttpHeaderPart part, HeaderKey key) : MatchInput<HttpMatchInput>
{
    /// <inheritdoc/>
    public override void Read(in HttpMatchInput input, ref InputValue value)
    {
        HeaderMap? headers = part switch
        {
            HttpHeaderPart.RequestHeaders => input.RequestHeaders,
            HttpHeaderPart.RequestTrailers => input.RequestTrailers,
            HttpHeaderPart.ResponseHeaders => input.ResponseHeaders,
            _ => input.ResponseTrailers,
        };
        if (headers is null)
        {
            value.SetUnavailable();
        }
        else
        {
            value.SetJoined(key.GetAll(headers));
        }
    }
}

/// <summary>Where a header stands.</summary>
public enum HttpHeaderPart : byte
{
    /// <summary>Headers of the request.</summary>
    RequestHeaders,

    /// <summary>Trailers of the request.</summary>
    RequestTrailers,

    /// <summary>Headers of the response.</summary>
    ResponseHeaders,

    /// <summary>Trailers of the response.</summary>
    ResponseTrailers,
}
