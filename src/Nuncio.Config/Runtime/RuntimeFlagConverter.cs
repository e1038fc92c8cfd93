using Nuncio.Core.Runtime;
using Wire = Envoy.Config.Core.V3.RuntimeFeatureFlag;

namespace Nuncio.Config.Runtime;

/// <summary>Wire message to switch. Stateless; any thread.</summary>
public static class RuntimeFlagConverter
{
    /// <summary>The switch; one that is absent is on.</summary>
    public static RuntimeFlag Convert(Wire? message, LayeredRuntime runtime) =>
        message is null ? RuntimeFlag.On : new RuntimeFlag(message.DefaultValue ?? true, runtime.KeyOrNull(message.RuntimeKey));
}
