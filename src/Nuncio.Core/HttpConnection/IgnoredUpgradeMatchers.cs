using Nuncio.Core.Matching;
using Nuncio.Http.Http1;

namespace Nuncio.Core.HttpConnection;

/// <summary>The protocols that any of some matchers matches. Immutable; any thread; made when configuration is built.</summary>
/// <param name="matchers">The matchers, at least one.</param>
public sealed class IgnoredUpgradeMatchers(IReadOnlyList<StringMatcher> matchers) : IgnoredUpgrades
{
    /// <inheritdoc/>
    public override bool Ignores(ReadOnlySpan<byte> protocol)
    {
        for (int i = 0; i < matchers.Count; i++)
        {
            if (matchers[i].Matches(protocol))
            {
                return true;
            }
        }

        return false;
    }
}
