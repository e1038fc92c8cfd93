using Google.Protobuf;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;
using Wire = Xds.Core.V3.TypedExtensionConfig;

namespace Nuncio.Config.Matching.Tree;

/// <summary>Opens the typed_config of the parts of a matcher. Stateless; any thread.</summary>
public static class TypedMessage
{
    /// <summary>The message; null after an error. <paramref name="scope"/> is the place of the typed_config.</summary>
    /// <param name="what">What it configures, for messages.</param>
    public static IMessage? Unpack(Wire wire, string what, ConfigScope scope)
    {
        if (wire.TypedConfig is not { TypeUrl.Length: > 0 } any)
        {
            scope.Error($"{what} \"{wire.Name}\" has no typed_config, which says by its \"@type\" what it is");
            return null;
        }

        if (AnyDecoder.TryUnpack(any, out IMessage? message))
        {
            return message;
        }

        string type = AnyDecoder.TypeName(any.TypeUrl);
        scope.Error(ApiRegistry.FindType(type) is null
            ? $"{what} \"{wire.Name}\": {EnvoyTypes.DescribeUnknown(type)}"
            : $"the bytes are not a {type}");
        return null;
    }
}
