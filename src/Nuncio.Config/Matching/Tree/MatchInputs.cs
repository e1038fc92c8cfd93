using Google.Protobuf;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.Matching.Tree;
using Nuncio.Core.Matching.Tree.Inputs;
using Environment = Envoy.Extensions.Matching.CommonInputs.EnvironmentVariable.V3.Config;
using Network = Envoy.Extensions.Matching.CommonInputs.Network.V3;
using Wire = Xds.Core.V3.TypedExtensionConfig;

namespace Nuncio.Config.Matching.Tree;

/// <summary>
/// The inputs that matchers of one kind may ask: each kind of matcher (of connections, of requests) has its own. Stateless.
/// </summary>
public abstract class MatchInputs<TInput>
{
    /// <summary>What is matched, for messages: "a connection".</summary>
    protected abstract string Subject { get; }

    /// <summary>The input; null after an error. <paramref name="scope"/> is the place of the TypedExtensionConfig.</summary>
    public MatchInput<TInput>? Convert(Wire wire, FactoryContext context, ConfigScope scope)
    {
        ConfigScope place = scope.Field("typed_config");
        if (TypedMessage.Unpack(wire, "matcher input", place) is not { } message)
        {
            return null;
        }

        int before = scope.ErrorCount;
        if (message is Environment variable)
        {
            return new ConstantInput<TInput>(context.Formatting.Environment(variable.Name));
        }

        // Sockets are never made in another network namespace, which is a missing value.
        MatchInput<TInput>? input = message is Network.NetworkNamespaceInput ? new ConstantInput<TInput>(null) : Convert(message, place);
        if (input is null && scope.ErrorCount == before)
        {
            place.Error($"matcher input \"{wire.Name}\": {message.Descriptor.FullName} is nothing that can be asked of {Subject}");
        }

        return input;
    }

    /// <summary>The input of a message; null after an error, or without one when it is no input of this kind.</summary>
    protected abstract MatchInput<TInput>? Convert(IMessage message, ConfigScope scope);

    /// <summary>Which question about the connection a message is; null for others.</summary>
    protected static ConnectionInputKind? ConnectionQuestion(IMessage message) => message switch
    {
        Network.DestinationIPInput => ConnectionInputKind.DestinationIp,
        Network.DestinationPortInput => ConnectionInputKind.DestinationPort,
        Network.SourceIPInput => ConnectionInputKind.SourceIp,
        Network.SourcePortInput => ConnectionInputKind.SourcePort,
        Network.DirectSourceIPInput => ConnectionInputKind.DirectSourceIp,
        Network.SourceTypeInput => ConnectionInputKind.SourceType,
        Network.ServerNameInput => ConnectionInputKind.ServerName,
        Network.TransportProtocolInput => ConnectionInputKind.TransportProtocol,
        Network.ApplicationProtocolInput => ConnectionInputKind.ApplicationProtocol,
        _ => null,
    };

    /// <summary>The keys down to a value of metadata.</summary>
    protected static string[] Path(Network.DynamicMetadataInput message) => [.. message.Path.Select(static segment => segment.Key)];
}
