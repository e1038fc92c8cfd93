namespace Nuncio.Core.Authorization.Rules;

/// <summary>Holds when the destination port lies from <c>start</c> up to, not including, <c>end</c>. Immutable; any thread.</summary>
public sealed class PortRule(int start, int end) : AuthorizationRule
{
    /// <inheritdoc/>
    public override bool Matches(in AuthorizationInput input) =>
        input.LocalAddress is { IsIp: true, Port: var port } && port >= start && port < end;
}
