namespace Nuncio.Core.Authorization;

/// <summary>Decides who may do what: one <c>rules</c> or <c>matcher</c> of a filter. Immutable; any thread.</summary>
public abstract class AuthorizationEngine
{
    /// <summary>The decision.</summary>
    public abstract AuthorizationDecision Decide(in AuthorizationInput input);
}
