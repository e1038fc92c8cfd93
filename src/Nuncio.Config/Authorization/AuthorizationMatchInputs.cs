using Google.Protobuf;
using Nuncio.Config.Errors;
using Nuncio.Config.Matching.Tree;
using Nuncio.Core.Matching.Tree;
using Nuncio.Core.Matching.Tree.Inputs;
using Nuncio.Core.Streams;
using Network = Envoy.Extensions.Matching.CommonInputs.Network.V3;

namespace Nuncio.Config.Authorization;

/// <summary>What the matcher of the network filter rbac may ask: less than other matchers of connections, as in Envoy. Stateless.</summary>
internal sealed class AuthorizationMatchInputs : MatchInputs<ConnectionInfo>
{
    /// <summary>The only one.</summary>
    internal static readonly AuthorizationMatchInputs Instance = new();

    private AuthorizationMatchInputs()
    {
    }

    /// <inheritdoc/>
    protected override string Subject => "a connection by the network filter rbac";

    /// <inheritdoc/>
    protected override MatchInput<ConnectionInfo>? Convert(IMessage message, ConfigScope scope) => message switch
    {
        Network.FilterStateInput state => new FilterStateInput<ConnectionInfo>(state.Key, static info => info.FilterState),
        Network.SourceTypeInput or Network.TransportProtocolInput or Network.ApplicationProtocolInput => null,
        _ => ConnectionQuestion(message) is { } kind ? new ConnectionInput(kind) : null,
    };
}
