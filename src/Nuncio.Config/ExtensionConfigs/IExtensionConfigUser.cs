using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;

namespace Nuncio.Config.ExtensionConfigs;

/// <summary>A filter of a listener, as the subscription for its configuration sees it. Main thread.</summary>
internal interface IExtensionConfigUser
{
    /// <summary>
    /// Makes everything of a configuration and changes nothing yet: the answer puts it into effect. Null after an error at
    /// <paramref name="scope"/>, the place of the <c>typed_config</c>.
    /// </summary>
    Action? Prepare(Any typedConfig, ConfigScope scope);
}
