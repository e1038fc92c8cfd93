using Nuncio.Core.Matching;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Authorization.Rules;

/// <summary>Holds when the path of the request, without query and fragment, matches; never for a connection. Immutable; any thread.</summary>
public sealed class PathRule(StringMatcher matcher) : AuthorizationRule
{
    /// <inheritdoc/>
    public override bool Matches(in AuthorizationInput input)
    {
        if (input.Headers is not { } headers || !headers.TryGet(KnownHeader.Path, out ReadOnlySpan<byte> path))
        {
            return false;
        }

        int end = path.IndexOfAny((byte)'?', (byte)'#');
        return matcher.Matches(end < 0 ? path : path[..end]);
    }
}
