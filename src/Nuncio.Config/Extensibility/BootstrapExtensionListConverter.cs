using Google.Protobuf;
using Nuncio.Config.Errors;
using Wire = Envoy.Config.Core.V3.TypedExtensionConfig;

namespace Nuncio.Config.Extensibility;

/// <summary>The <c>bootstrap_extensions</c> of a bootstrap, with every error at its place. Stateless.</summary>
public static class BootstrapExtensionListConverter
{
    /// <summary>Checks all of them.</summary>
    public static void Convert(IReadOnlyList<Wire> wire, FactoryContext context, ConfigScope scope)
    {
        for (int i = 0; i < wire.Count; i++)
        {
            ConfigScope place = scope.Item(i).Field("typed_config");
            context.Extensions.Resolve<IBootstrapExtensionFactory>(wire[i].TypedConfig, wire[i].Name, place, out IMessage? message)
                ?.Check(message!, context, place);
        }
    }
}
