using Google.Protobuf.Reflection;

namespace Nuncio.Config.Extensibility;

/// <summary>
/// What every extension brings: the message that configures it, by whose type it is found, and a name for people. One per
/// process, stateless, listed in <c>BuiltInExtensions</c>.
/// </summary>
public interface IExtensionFactory
{
    /// <summary>Envoy's name, such as <c>envoy.filters.http.router</c>; informational, and used in messages.</summary>
    string Name { get; }

    /// <summary>The message in <c>typed_config</c>: <c>Router.Descriptor</c>.</summary>
    MessageDescriptor ConfigType { get; }
}
