using Google.Protobuf;
using Nuncio.Config.Errors;
using Nuncio.Core.AccessLog;

namespace Nuncio.Config.Extensibility;

/// <summary>Makes an access logger from its configuration.</summary>
public interface IAccessLoggerFactory : IExtensionFactory
{
    /// <summary>
    /// Wire message (of <see cref="IExtensionFactory.ConfigType"/>) to provider. Every error goes to <paramref name="scope"/>;
    /// null only after an error.
    /// </summary>
    /// <param name="message">The configuration.</param>
    /// <param name="filter">Which entries are written; null for all. Converted already.</param>
    /// <param name="context">What factories may use.</param>
    /// <param name="scope">Where the configuration stands.</param>
    IAccessLoggerProvider? Create(IMessage message, IAccessLogFilter? filter, FactoryContext context, ConfigScope scope);
}
