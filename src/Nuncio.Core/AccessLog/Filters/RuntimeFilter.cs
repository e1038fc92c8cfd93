using System.Buffers.Text;
using Nuncio.Core.Formatting;
using Nuncio.Core.Runtime;
using Nuncio.Http.Headers;

namespace Nuncio.Core.AccessLog.Filters;

/// <summary>
/// A share of the entries (<c>runtime_filter</c>). By default the choice follows the request id, so that all proxies on a
/// request's way log it or none does; with independent randomness it does not.
/// </summary>
/// <param name="share">The share, which runtime may override.</param>
/// <param name="independent">Whether the request id is left out of it.</param>
public sealed class RuntimeFilter(RuntimeFraction share, bool independent) : IAccessLogFilter
{
    // Differs from filter to filter, so that two independent ones on one stream do not choose alike. From the key: reproducible.
    private readonly ulong _salt = Salt(share.Key?.Name ?? "");

    /// <inheritdoc/>
    public bool Passes(in FormatContext context)
    {
        if (!independent && context.RequestHeaders is { } headers)
        {
            // The first group of a UUID is eight hexadecimal digits.
            ReadOnlySpan<byte> id = headers.Get(KnownHeader.XRequestId);
            if (id.Length >= 8 && Utf8Parser.TryParse(id[..8], out uint bits, out int used, 'x') && used == 8)
            {
                return share.Includes(bits);
            }
        }

        return share.Includes(Mix(context.Stream.Random ^ _salt));
    }

    private static ulong Salt(string key)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in key)
        {
            hash = (hash ^ c) * 1099511628211;
        }

        return hash;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
