using System.Text;
using Nuncio.Base.Buffers;
using Nuncio.Core.AccessLog;
using Nuncio.Core.Clusters;
using Nuncio.Core.Failures;
using Nuncio.Core.Formatting;
using Nuncio.Core.Streams;
using Nuncio.Http.Headers;
using Nuncio.Http.Streams;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Http;

namespace Nuncio.Core.Tests.Formatting;

/// <summary>One finished stream with a value in every field, which a test changes where it needs to.</summary>
internal sealed class FormatFixture
{
    internal const long Millisecond = 1_000_000;

    internal readonly HeaderMapPool Pool = new();
    internal readonly StreamInfo Info = new();
    internal HeaderMap? Request;
    internal HeaderMap? Response;
    internal HeaderMap? Trailers;
    internal string LocalReplyBody = "";
    internal AccessLogType LogType = AccessLogType.DownstreamEnd;
    internal long NowNanos = 5000 * Millisecond;
    internal long NowUtcTicks = new DateTime(2024, 5, 6, 7, 8, 10, 500, DateTimeKind.Utc).Ticks;

    internal FormatFixture()
    {
        Request = TestHeaders.Make(
            Pool, ":method", "GET", ":path", "/now?a=1&b=x%20y&c=%0aevil&a=2", ":authority", "example.com", "user-agent", "curl/8",
            "x-request-id", "deadbeef-0000-4000-8000-000000000000", "x-two", "first", "x-two", "second");
        Response = TestHeaders.Make(Pool, ":status", "200", "x-envoy-upstream-service-time", "12", "content-type", "text/plain");
        Trailers = TestHeaders.Make(Pool, "x-check", "sum");
        Info.StartNanos = 1000 * Millisecond;
        Info.StartUtcTicks = new DateTime(2024, 5, 6, 7, 8, 9, 123, DateTimeKind.Utc).AddTicks(4567).Ticks;
        Info.LastDownstreamRxNanos = 1003 * Millisecond;
        Info.FirstUpstreamTxNanos = 1004 * Millisecond;
        Info.LastUpstreamTxNanos = 1005 * Millisecond;
        Info.FirstUpstreamRxNanos = 1010 * Millisecond;
        Info.LastUpstreamRxNanos = (1012 * Millisecond) + 345_678;
        Info.FirstDownstreamTxNanos = 1011 * Millisecond;
        Info.LastDownstreamTxNanos = 1013 * Millisecond;
        Info.EndNanos = 1014 * Millisecond;
        Info.PoolReadyNanos = 2 * Millisecond;
        Info.Protocol = HttpProtocol.Http11;
        Info.UpstreamProtocol = HttpProtocol.Http2;
        Info.ResponseCode = 200;
        Info.ResponseCodeDetails = "via upstream";
        Info.BytesReceived = 10;
        Info.BytesSent = 34;
        Info.RequestHeaderBytes = 120;
        Info.ResponseHeaderBytes = 90;
        Info.Random = 42;
        Info.ConnectionId = 7;
        Info.UpstreamConnectionId = 8;
        Info.AttemptCount = 1;
        Info.DownstreamRemoteAddress = Address("10.0.0.1", 1111);
        Info.DownstreamDirectRemoteAddress = Address("10.0.0.2", 2222);
        Info.DownstreamLocalAddress = Address("::1", 3333);
        Info.DownstreamDirectLocalAddress = Address("::2", 4444);
        Info.UpstreamLocalAddress = Address("10.0.0.5", 5555);
        Info.Connection = new ConnectionInfo(NetworkAddress.FromIPv4(0x7F000001, 80), NetworkAddress.FromIPv4(0x7F000001, 81)) { FilterChainName = "chain" };
        Info.Cluster = new ClusterInfo(new ClusterConfig { Name = "backend", AltStatName = "back_alt" }, cellCount: 1);
        Info.UpstreamHost = Host("");
        Info.Flags = ResponseFlags.None;
    }

    internal Host Host(string hostname) =>
        new(Info.Cluster!, Address("10.0.0.6", 6666), new EndpointConfig { Hostname = hostname }, new LocalityEndpointsConfig());

    internal FormatContext Context(ReadOnlySpan<byte> localReply = default) =>
        new(Info, Request, Response, Trailers, NowNanos, NowUtcTicks, localReply, LogType);

    internal string Format(string template, FormatterOptions? options = null)
    {
        Assert.True(SubstitutionFormatter.TryParse(template, options ?? FormatterOptions.Default, out SubstitutionFormatter? formatter, out string? error), error);
        return Format(formatter);
    }

    internal string Format(SubstitutionFormatter formatter)
    {
        ByteWriter writer = new(16);
        formatter.Format(Context(Encoding.UTF8.GetBytes(LocalReplyBody)), writer);
        return Encoding.Latin1.GetString(writer.Written);
    }

    internal static string Error(string template)
    {
        Assert.False(SubstitutionFormatter.TryParse(template, FormatterOptions.Default, out _, out string? error));
        return error!;
    }

    private static NetworkAddress Address(string ip, int port)
    {
        Assert.True(NetworkAddress.TryParseIp(ip, port, out NetworkAddress? address));
        return address!;
    }
}
