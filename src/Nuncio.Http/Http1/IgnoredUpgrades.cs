namespace Nuncio.Http.Http1;

/// <summary>
/// Which protocols of an Upgrade header are taken out as if the client had not named them. Immutable; any thread. The configuration's
/// matchers are of an upper floor, which derives from this. Envoy: <c>ignore_http_11_upgrade</c>.
/// </summary>
public abstract class IgnoredUpgrades
{
    /// <summary>Whether this one of the protocols named is passed over.</summary>
    public abstract bool Ignores(ReadOnlySpan<byte> protocol);
}
