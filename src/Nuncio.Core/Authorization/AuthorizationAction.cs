namespace Nuncio.Core.Authorization;

/// <summary>What it means that a policy matches, <c>rbac.v3.RBAC.Action</c>.</summary>
public enum AuthorizationAction : byte
{
    /// <summary>It is let through; what no policy matches is not.</summary>
    Allow,

    /// <summary>It is turned away; what no policy matches is let through.</summary>
    Deny,

    /// <summary>Everything is let through, and it is noted whether a policy matched.</summary>
    Log,
}
