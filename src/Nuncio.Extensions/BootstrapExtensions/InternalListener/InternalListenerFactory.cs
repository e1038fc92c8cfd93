using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Wire = Envoy.Extensions.Bootstrap.InternalListener.V3;

namespace Nuncio.Extensions.BootstrapExtensions.InternalListener;

/// <summary>
/// Takes the message that allows internal listeners in Envoy. Here they need no permission, and the system's socket buffers lie between
/// both ends. Stateless.
/// </summary>
public sealed class InternalListenerFactory : IBootstrapExtensionFactory
{
    /// <inheritdoc/>
    public string Name => "envoy.bootstrap.internal_listener";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.InternalListener.Descriptor;

    /// <inheritdoc/>
    public void Check(IMessage message, FactoryContext context, ConfigScope scope)
    {
    }
}
