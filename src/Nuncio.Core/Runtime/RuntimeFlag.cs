namespace Nuncio.Core.Runtime;

/// <summary>A switch that runtime may override. Envoy: core.v3.RuntimeFeatureFlag. Immutable; any thread.</summary>
/// <param name="Default">Used while the key has no usable value.</param>
/// <param name="Key">Null when the configuration names no key.</param>
public sealed record RuntimeFlag(bool Default, RuntimeKey? Key)
{
    /// <summary>Always on.</summary>
    public static readonly RuntimeFlag On = new(true, null);

    /// <summary>Whether it is on now.</summary>
    public bool IsOn => Key?.GetBoolean(Default) ?? Default;
}
