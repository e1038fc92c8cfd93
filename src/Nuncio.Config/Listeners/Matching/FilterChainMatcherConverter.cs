using Envoy.Config.Listener.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Matching.Tree;
using Nuncio.Core.Listeners.Matching;
using Nuncio.Core.Matching.Tree;
using Nuncio.Core.Streams;
using Xds.Core.V3;

namespace Nuncio.Config.Listeners.Matching;

/// <summary>The <c>filter_chain_matcher</c> of a listener, whose actions are names of chains. Stateless.</summary>
internal static class FilterChainMatcherConverter
{
    /// <summary>The selector; null after an error. <paramref name="scope"/> is the place of the listener.</summary>
    internal static FilterChainMatcher? Convert(Listener wire, FactoryContext context, ConfigScope scope)
    {
        int before = scope.ErrorCount;
        Dictionary<string, NamedFilterChain> chains = Names(wire, scope.Field("filter_chains"));
        var converter = new MatchTreeConverter<ConnectionInfo, NamedFilterChain>(
            ConnectionMatchInputs.Instance, (action, place) => Action(action, chains, place), context);
        MatchTree<ConnectionInfo, NamedFilterChain>? tree = converter.Convert(wire.FilterChainMatcher, scope.Field("filter_chain_matcher"));
        return scope.ErrorCount > before ? null : new FilterChainMatcher(tree!);
    }

    private static Dictionary<string, NamedFilterChain> Names(Listener wire, ConfigScope scope)
    {
        var chains = new Dictionary<string, NamedFilterChain>(StringComparer.Ordinal);
        for (int i = 0; i < wire.FilterChains.Count; i++)
        {
            FilterChain chain = wire.FilterChains[i];
            if (chain.FilterChainMatch is { } match)
            {
                // Envoy: the rest of it is not looked at.
                FilterChainMatchConverter.RefuseUnimplemented(match, scope.Item(i).Field("filter_chain_match"));
            }

            if (chain.Name.Length == 0)
            {
                scope.Item(i).Field("name").Error("\"name\" field is required when using a listener matcher");
            }
            else if (!chains.TryAdd(chain.Name, new NamedFilterChain(i)))
            {
                scope.Item(i).Field("name").Error(
                    $"\"name\" field is duplicated with value '{chain.Name}', which stands at {scope.Item(chains[chain.Name].Place).Field("name").Position}");
            }
        }

        return chains;
    }

    private static NamedFilterChain? Action(TypedExtensionConfig wire, Dictionary<string, NamedFilterChain> chains, ConfigScope scope)
    {
        ConfigScope place = scope.Field("typed_config");
        IMessage? message = TypedMessage.Unpack(wire, "filter chain action", place);
        if (message is StringValue name)
        {
            // Envoy: a name that no chain has is no error; such connections are closed.
            return chains.GetValueOrDefault(name.Value) ?? new NamedFilterChain(FilterChainSelector.Missing);
        }

        if (message is not null)
        {
            place.Error($"filter chain action \"{wire.Name}\": found {message.Descriptor.FullName}, expected google.protobuf.StringValue with the name of a chain");
        }

        return null;
    }
}
