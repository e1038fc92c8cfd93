using Nuncio.Core.Matching;

namespace Nuncio.Core.Authorization.Rules;

/// <summary>Holds when a value of metadata matches. The metadata of the route is missing where there is no route, and then it does not hold, inverted or not. Immutable; any thread.</summary>
public sealed class MetadataRule(MetadataMatcher matcher, bool ofRoute) : AuthorizationRule
{
    /// <inheritdoc/>
    public override bool Matches(in AuthorizationInput input) => !ofRoute
        ? matcher.Matches(input.Metadata)
        : input.RouteMetadata is { } facts && matcher.Matches(facts);
}
