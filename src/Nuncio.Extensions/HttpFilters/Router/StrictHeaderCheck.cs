using System.Text;
using Nuncio.Http.Headers;

namespace Nuncio.Extensions.HttpFilters.Router;

/// <summary>
/// <c>strict_check_headers</c>: finds a control header whose value means nothing, so that the request is refused instead of the header
/// being ignored. Immutable; any thread.
/// </summary>
internal sealed class StrictHeaderCheck(IReadOnlyList<string> names)
{
    private static readonly HashSet<string> s_retryOn = new(StringComparer.Ordinal)
    {
        "5xx", "gateway-error", "connect-failure", "envoy-ratelimited", "retriable-4xx", "refused-stream", "retriable-status-codes",
        "retriable-headers", "reset", "reset-before-request", "http3-post-connect-failure",
    };

    private static readonly HashSet<string> s_retryGrpcOn = new(StringComparer.Ordinal)
    {
        "cancelled", "deadline-exceeded", "resource-exhausted", "unavailable", "internal",
    };

    private readonly (string Name, byte[] Utf8)[] _names = Array.ConvertAll<string, (string, byte[])>(
        [.. names], static name => (name, Encoding.ASCII.GetBytes(name)));

    /// <summary>The first header that fails its check, or null.</summary>
    internal string? FindInvalid(HeaderMap headers)
    {
        foreach ((string name, byte[] utf8) in _names)
        {
            if (headers.TryGet(utf8, out ReadOnlySpan<byte> value) && !IsValid(name, value))
            {
                return name;
            }
        }

        return null;
    }

    private static bool IsValid(string name, ReadOnlySpan<byte> value) => name switch
    {
        "x-envoy-retry-on" => AreAllIn(s_retryOn, value),
        "x-envoy-retry-grpc-on" => AreAllIn(s_retryGrpcOn, value),
        _ => IsNumber(value),
    };

    private static bool IsNumber(ReadOnlySpan<byte> value) =>
        !value.IsEmpty && !value.ContainsAnyExceptInRange((byte)'0', (byte)'9')
        && System.Buffers.Text.Utf8Parser.TryParse(value, out ulong _, out int used) && used == value.Length;

    private static bool AreAllIn(HashSet<string> known, ReadOnlySpan<byte> list)
    {
        foreach (Range part in list.Split((byte)','))
        {
            if (!known.Contains(Encoding.Latin1.GetString(list[part].Trim(" \t"u8))))
            {
                return false;
            }
        }

        return true;
    }
}
