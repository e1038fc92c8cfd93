using Envoy.Type.Matcher.V3;
using Google.Protobuf;
using Nuncio.Config.Errors;
using Nuncio.Core.Matching;
using Nuncio.Core.Matching.Tree;
using Nuncio.Core.Matching.Tree.Inputs;
using Network = Envoy.Extensions.Matching.CommonInputs.Network.V3;

namespace Nuncio.Config.Matching.Tree;

/// <summary>What matchers of requests may ask. Stateless.</summary>
public sealed class HttpMatchInputs : MatchInputs<HttpMatchInput>
{
    /// <summary>The only one.</summary>
    public static readonly HttpMatchInputs Instance = new();

    private HttpMatchInputs()
    {
    }

    /// <inheritdoc/>
    protected override string Subject => "a request";

    /// <inheritdoc/>
    protected override MatchInput<HttpMatchInput>? Convert(IMessage message, ConfigScope scope) => message switch
    {
        HttpRequestHeaderMatchInput header => Header(HttpHeaderPart.RequestHeaders, header.HeaderName, scope),
        HttpRequestTrailerMatchInput header => Header(HttpHeaderPart.RequestTrailers, header.HeaderName, scope),
        HttpResponseHeaderMatchInput header => Header(HttpHeaderPart.ResponseHeaders, header.HeaderName, scope),
        HttpResponseTrailerMatchInput header => Header(HttpHeaderPart.ResponseTrailers, header.HeaderName, scope),
        HttpRequestQueryParamMatchInput query => new HttpQueryInput(query.QueryParam),
        HttpResponseStatusCodeMatchInput => new HttpStatusInput(isClass: false),
        HttpResponseStatusCodeClassMatchInput => new HttpStatusInput(isClass: true),
        Network.FilterStateInput state =>
            new FilterStateInput<HttpMatchInput>(state.Key, static input => input.Info.FilterState ?? input.Info.Connection?.FilterState),
        Network.DynamicMetadataInput metadata =>
            new DynamicMetadataInput<HttpMatchInput>(metadata.Filter, Path(metadata), static input => input.Info.Metadata),

        // Envoy: these two are of connections only.
        Network.TransportProtocolInput or Network.ApplicationProtocolInput => null,
        _ => ConnectionQuestion(message) is { } kind ? new HttpConnectionInput(kind) : null,
    };

    private static HttpHeaderInput? Header(HttpHeaderPart part, string name, ConfigScope scope)
    {
        HeaderKey key;
        if (part == HttpHeaderPart.RequestHeaders ? HeaderKey.TryCreateForRequest(name, out key) : HeaderKey.TryCreate(name, out key))
        {
            return new HttpHeaderInput(part, key);
        }

        scope.Field("header_name").Error($"found \"{name}\", expected a header name");
        return null;
    }
}
