using Google.Protobuf;
using Nuncio.Config.Errors;
using Nuncio.Core.Matching.Tree;
using Nuncio.Core.Matching.Tree.Inputs;
using Nuncio.Core.Streams;
using Network = Envoy.Extensions.Matching.CommonInputs.Network.V3;

namespace Nuncio.Config.Matching.Tree;

/// <summary>What matchers of connections may ask. Stateless.</summary>
public sealed class ConnectionMatchInputs : MatchInputs<ConnectionInfo>
{
    /// <summary>The only one.</summary>
    public static readonly ConnectionMatchInputs Instance = new();

    private ConnectionMatchInputs()
    {
    }

    /// <inheritdoc/>
    protected override string Subject => "a connection";

    /// <inheritdoc/>
    protected override MatchInput<ConnectionInfo>? Convert(IMessage message, ConfigScope scope) => message switch
    {
        Network.FilterStateInput state => new FilterStateInput<ConnectionInfo>(state.Key, static info => info.FilterState),
        Network.DynamicMetadataInput metadata =>
            new DynamicMetadataInput<ConnectionInfo>(metadata.Filter, Path(metadata), static info => info.Metadata),
        _ => ConnectionQuestion(message) is { } kind ? new ConnectionInput(kind) : null,
    };
}
