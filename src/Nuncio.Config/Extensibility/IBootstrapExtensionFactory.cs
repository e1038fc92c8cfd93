using Google.Protobuf;
using Nuncio.Config.Errors;

namespace Nuncio.Config.Extensibility;

/// <summary>Checks the configuration of something that the process has besides listeners and clusters.</summary>
public interface IBootstrapExtensionFactory : IExtensionFactory
{
    /// <summary>Every error of the message (of <see cref="IExtensionFactory.ConfigType"/>) goes to <paramref name="scope"/>.</summary>
    void Check(IMessage message, FactoryContext context, ConfigScope scope);
}
