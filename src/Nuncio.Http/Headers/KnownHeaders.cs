using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nuncio.Http.Headers;

/// <summary>
/// Names of the <see cref="KnownHeader"/>s, and the way back from a name. Immutable after the class is initialised; any thread.
/// </summary>
/// <remarks>
/// All names lie in one array, each followed by <c>": "</c>, so that an HTTP/1 encoder copies a name and its separator at once.
/// The way back is an open-addressed table over a hash of the length and the first and last four bytes.
/// </remarks>
public static class KnownHeaders
{
    /// <summary>Size of a table indexed by <see cref="KnownHeader"/>.</summary>
    public const int Count = (int)KnownHeader.XEnvoyCompressionStatus + 1;

    private const int HashBits = 9;
    private static readonly string[] s_names =
    [
        "",
        ":method",
        ":path",
        ":authority",
        ":scheme",
        ":status",
        ":protocol",
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "keep-alive",
        "proxy-connection",
        "upgrade",
        "te",
        "trailer",
        "expect",
        "http2-settings",
        "accept",
        "accept-encoding",
        "accept-language",
        "accept-ranges",
        "age",
        "allow",
        "alt-svc",
        "authorization",
        "cache-control",
        "cdn-loop",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-location",
        "content-range",
        "content-type",
        "cookie",
        "date",
        "early-data",
        "etag",
        "expires",
        "forwarded",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "last-modified",
        "link",
        "location",
        "max-forwards",
        "origin",
        "pragma",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-status",
        "range",
        "referer",
        "retry-after",
        "server",
        "set-cookie",
        "strict-transport-security",
        "user-agent",
        "vary",
        "via",
        "www-authenticate",
        "access-control-allow-origin",
        "access-control-allow-methods",
        "access-control-allow-headers",
        "access-control-allow-credentials",
        "access-control-allow-private-network",
        "access-control-expose-headers",
        "access-control-max-age",
        "access-control-request-method",
        "access-control-request-headers",
        "access-control-request-private-network",
        "grpc-status",
        "grpc-message",
        "grpc-timeout",
        "grpc-encoding",
        "grpc-accept-encoding",
        "grpc-status-details-bin",
        "x-forwarded-for",
        "x-forwarded-proto",
        "x-forwarded-port",
        "x-forwarded-host",
        "x-forwarded-client-cert",
        "x-real-ip",
        "x-request-id",
        "x-client-trace-id",
        "traceparent",
        "tracestate",
        "baggage",
        "b3",
        "x-b3-traceid",
        "x-b3-spanid",
        "x-b3-parentspanid",
        "x-b3-sampled",
        "x-b3-flags",
        "x-ot-span-context",
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "endpoint-load-metrics",
        "endpoint-load-metrics-bin",
        "x-envoy-retry-on",
        "x-envoy-retry-grpc-on",
        "x-envoy-max-retries",
        "x-envoy-retriable-status-codes",
        "x-envoy-retriable-header-names",
        "x-envoy-upstream-rq-timeout-ms",
        "x-envoy-upstream-rq-per-try-timeout-ms",
        "x-envoy-upstream-rq-timeout-alt-response",
        "x-envoy-upstream-alt-stat-name",
        "x-envoy-upstream-stream-duration-ms",
        "x-envoy-hedge-on-per-try-timeout",
        "x-envoy-force-trace",
        "x-envoy-decorator-operation",
        "x-envoy-original-dst-host",
        "x-envoy-fault-delay-request",
        "x-envoy-fault-delay-request-percentage",
        "x-envoy-fault-abort-request",
        "x-envoy-fault-abort-request-percentage",
        "x-envoy-fault-abort-grpc-request",
        "x-envoy-fault-throughput-response",
        "x-envoy-fault-throughput-response-percentage",
        "x-envoy-internal",
        "x-envoy-external-address",
        "x-envoy-expected-rq-timeout-ms",
        "x-envoy-attempt-count",
        "x-envoy-is-timeout-retry",
        "x-envoy-original-path",
        "x-envoy-original-host",
        "x-envoy-original-url",
        "x-envoy-original-method",
        "x-envoy-downstream-service-cluster",
        "x-envoy-downstream-service-node",
        "x-envoy-ip-tags",
        "x-envoy-upstream-service-time",
        "x-envoy-overloaded",
        "x-envoy-ratelimited",
        "x-envoy-local-overloaded",
        "x-envoy-upstream-healthchecked-cluster",
        "x-envoy-degraded",
        "x-envoy-immediate-health-check-fail",
        "x-envoy-upstream-canary",
        "x-envoy-not-forwarded",
        "x-envoy-compression-status",
    ];

    private static readonly int[] s_offsets = new int[Count + 1];
    private static readonly byte[] s_wire = BuildWire(s_offsets);
    private static readonly byte[] s_table = BuildTable();

    /// <summary>Length of the longest known name; longer names need no lookup.</summary>
    public static int LongestName { get; } = FindLongest();

    /// <summary>Whether this is a pseudo header, one whose name starts with a colon.</summary>
    public static bool IsPseudo(KnownHeader header) => header is > KnownHeader.None and <= KnownHeader.Protocol;

    /// <summary>The lower-case name.</summary>
    public static ReadOnlySpan<byte> Name(KnownHeader header)
    {
        int start = s_offsets[(int)header];
        return s_wire.AsSpan(start, s_offsets[(int)header + 1] - start - 2);
    }

    /// <summary>The lower-case name with <c>": "</c> behind it, as HTTP/1 writes it.</summary>
    public static ReadOnlySpan<byte> WireName(KnownHeader header)
    {
        int start = s_offsets[(int)header];
        return s_wire.AsSpan(start, s_offsets[(int)header + 1] - start);
    }

    /// <summary>The name as a string, for configuration and messages; not for the data plane.</summary>
    public static string NameString(KnownHeader header) => s_names[(int)header];

    /// <summary>Which known header has this lower-case name; <see cref="KnownHeader.None"/> when none has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KnownHeader Find(ReadOnlySpan<byte> lowerCaseName)
    {
        if (lowerCaseName.Length < 2)
        {
            return KnownHeader.None;
        }

        uint slot = Hash(lowerCaseName);
        while (true)
        {
            byte candidate = s_table[(int)slot];
            if (candidate == 0)
            {
                return KnownHeader.None;
            }

            if (Name((KnownHeader)candidate).SequenceEqual(lowerCaseName))
            {
                return (KnownHeader)candidate;
            }

            slot = (slot + 1) & ((1u << HashBits) - 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(ReadOnlySpan<byte> name)
    {
        ref byte first = ref MemoryMarshal.GetReference(name);
        uint head;
        uint tail;
        if (name.Length >= 4)
        {
            head = Unsafe.ReadUnaligned<uint>(ref first);
            tail = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref first, name.Length - 4));
        }
        else
        {
            head = Unsafe.ReadUnaligned<ushort>(ref first);
            tail = Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref first, name.Length - 2));
        }

        uint mixed = (head * 0x9E3779B1u) ^ (BitOperations.RotateLeft(tail, 15) * 0x85EBCA77u) ^ ((uint)name.Length * 0xC2B2AE3Du);
        return (mixed * 0x27D4EB2Fu) >> (32 - HashBits);
    }

    private static byte[] BuildWire(int[] offsets)
    {
        int size = 0;
        foreach (string name in s_names)
        {
            size += name.Length + 2;
        }

        byte[] wire = new byte[size];
        int at = 0;
        for (int i = 0; i < Count; i++)
        {
            offsets[i] = at;
            foreach (char c in s_names[i])
            {
                wire[at++] = (byte)c;
            }

            wire[at++] = (byte)':';
            wire[at++] = (byte)' ';
        }

        offsets[Count] = at;
        return wire;
    }

    private static byte[] BuildTable()
    {
        byte[] table = new byte[1 << HashBits];
        for (int i = 1; i < Count; i++)
        {
            uint slot = Hash(Name((KnownHeader)i));
            while (table[(int)slot] != 0)
            {
                slot = (slot + 1) & ((1u << HashBits) - 1);
            }

            table[(int)slot] = (byte)i;
        }

        return table;
    }

    private static int FindLongest()
    {
        int longest = 0;
        foreach (string name in s_names)
        {
            longest = Math.Max(longest, name.Length);
        }

        return longest;
    }
}
