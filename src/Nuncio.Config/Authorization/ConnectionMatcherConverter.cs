using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Matching.Tree;
using Nuncio.Core.Authorization;
using Nuncio.Core.Matching.Tree;
using Nuncio.Core.Streams;
using Xds.Core.V3;
using Xds.Type.Matcher.V3;
using ActionWire = Envoy.Config.Rbac.V3.Action;

namespace Nuncio.Config.Authorization;

/// <summary>Wire matcher to the engine that authorizes connections by it. Stateless; main thread.</summary>
public static class ConnectionMatcherConverter
{
    /// <summary>The engine; null after an error. <paramref name="scope"/> is the place of the Matcher.</summary>
    public static ConnectionMatcherEngine? Convert(Matcher wire, FactoryContext context, ConfigScope scope)
    {
        bool logs = false;
        var converter = new MatchTreeConverter<ConnectionInfo, MatchedPolicy>(
            AuthorizationMatchInputs.Instance,
            (action, place) =>
            {
                MatchedPolicy? policy = Action(action, place);
                logs |= policy?.Action == AuthorizationAction.Log;
                return policy;
            },
            context);
        MatchTree<ConnectionInfo, MatchedPolicy>? tree = converter.Convert(wire, scope);
        return tree is null ? null : new ConnectionMatcherEngine(tree, logs);
    }

    private static MatchedPolicy? Action(TypedExtensionConfig wire, ConfigScope scope)
    {
        ConfigScope place = scope.Field("typed_config");
        switch (TypedMessage.Unpack(wire, "action", place))
        {
            case null:
                return null;
            case ActionWire { Name.Length: > 0 } action:
                return new MatchedPolicy(new AuthorizationPolicy(action.Name), (AuthorizationAction)action.Action_);
            case ActionWire:
                place.Field("name").Error("is empty; expected a name for logs");
                return null;
            default:
                place.Error($"action \"{wire.Name}\" is no envoy.config.rbac.v3.Action, which is what this matcher ends in");
                return null;
        }
    }
}
