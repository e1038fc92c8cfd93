using Google.Protobuf;
using Nuncio.Config.Errors;
using Nuncio.Config.Matching.Tree;
using Nuncio.Core.Matching.Tree;
using Nuncio.Core.Matching.Tree.Inputs;
using Nuncio.Core.Streams;

namespace Nuncio.Extensions.UdpFilters.UdpProxy;

/// <summary>What matchers of datagrams may ask: addresses and ports of both ends. Stateless.</summary>
internal sealed class UdpMatchInputs : MatchInputs<ConnectionInfo>
{
    /// <summary>The only one.</summary>
    internal static readonly UdpMatchInputs Instance = new();

    private UdpMatchInputs()
    {
    }

    /// <inheritdoc/>
    protected override string Subject => "a datagram";

    /// <inheritdoc/>
    protected override MatchInput<ConnectionInfo>? Convert(IMessage message, ConfigScope scope) => ConnectionQuestion(message) switch
    {
        ConnectionInputKind.DestinationIp or ConnectionInputKind.DestinationPort or ConnectionInputKind.SourceIp or ConnectionInputKind.SourcePort =>
            new ConnectionInput(ConnectionQuestion(message)!.Value),
        _ => null,
    };
}
