using Nuncio.Core.Matching.Tree;
using Nuncio.Core.Streams;

namespace Nuncio.Core.Authorization;

/// <summary>Decides about connections by a unified matcher; what it does not match is denied. Immutable; any thread. Envoy: <c>rbac.matcher</c>.</summary>
/// <param name="tree">The matcher.</param>
/// <param name="logs">Whether any of its actions logs.</param>
public sealed class ConnectionMatcherEngine(MatchTree<ConnectionInfo, MatchedPolicy> tree, bool logs) : AuthorizationEngine
{
    /// <inheritdoc/>
    public override AuthorizationDecision Decide(in AuthorizationInput input)
    {
        MatchedPolicy? matched = null;
        if (input.Connection is { } connection && tree.Match(connection, out MatchedPolicy? found) == MatchOutcome.Matched)
        {
            matched = found;
        }

        return MatchedPolicy.Decide(matched, logs);
    }
}
