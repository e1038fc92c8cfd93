using Nuncio.Core.Runtime;
using Wire = Envoy.Type.V3.FractionalPercent;
using WireRuntime = Envoy.Config.Core.V3.RuntimeFractionalPercent;

namespace Nuncio.Config.Runtime;

/// <summary>Wire messages to shares of traffic. Stateless; any thread.</summary>
public static class RuntimeFractionConverter
{
    /// <summary>A share that runtime may override.</summary>
    public static RuntimeFraction Convert(WireRuntime message, LayeredRuntime runtime) =>
        new(message.DefaultValue is null ? default : Convert(message.DefaultValue), runtime.KeyOrNull(message.RuntimeKey));

    /// <summary>A fixed share.</summary>
    public static FractionalPercent Convert(Wire message) => new(message.Numerator, message.Denominator switch
    {
        Wire.Types.DenominatorType.TenThousand => 10_000,
        Wire.Types.DenominatorType.Million => 1_000_000,
        _ => 100,
    });
}
