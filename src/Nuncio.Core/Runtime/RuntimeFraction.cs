namespace Nuncio.Core.Runtime;

/// <summary>A share that runtime may override. Envoy: core.v3.RuntimeFractionalPercent. Immutable; any thread.</summary>
/// <param name="Default">Used while the key has no usable value.</param>
/// <param name="Key">Null when the configuration names no key.</param>
public sealed record RuntimeFraction(FractionalPercent Default, RuntimeKey? Key)
{
    /// <summary>Whether these random bits fall into the share as it is now.</summary>
    public bool Includes(ulong random) => (Key is null ? Default : Key.GetFraction(Default)).Includes(random);
}
