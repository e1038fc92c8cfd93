using BenchmarkDotNet.Attributes;
using Nuncio.Base.Buffers;
using Nuncio.Core.AccessLog;
using Nuncio.Core.Clusters;
using Nuncio.Core.Formatting;
using Nuncio.Core.Streams;
using Nuncio.Http.Headers;
using Nuncio.Http.Streams;
using Nuncio.IO.Sockets;

namespace Nuncio.Benchmarks.Formatting;

/// <summary>Lines of access log for one finished request, formatted into memory; handing them to the flusher is not in it.</summary>
public class DefaultFormatBenchmarks
{
    private const long Millisecond = 1_000_000;

    private readonly HeaderMapPool _maps = new();
    private readonly StreamInfo _info = new();
    private readonly ByteWriter _output = new(4096);
    private HeaderMap _request = null!;
    private HeaderMap _response = null!;
    private SubstitutionFormatter _default = null!;
    private SubstitutionFormatter _short = null!;
    private long _utcTicks;

    /// <summary>A request as a proxy of some web service sees it.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _request = _maps.Rent();
        _request.Add(KnownHeader.Method, "GET"u8);
        _request.Add(KnownHeader.Path, "/path/to/resource?query=value"u8);
        _request.Add(KnownHeader.Authority, "www.example.com"u8);
        _request.Add(KnownHeader.UserAgent, "Mozilla/5.0 (X11; Linux x86_64)"u8);
        _request.Add(KnownHeader.XRequestId, "0f5a1b2c-3d4e-5f60-7182-93a4b5c6d7e8"u8);
        _request.Add(KnownHeader.XForwardedFor, "10.0.0.1"u8);
        _response = _maps.Rent();
        _response.SetStatus(200);
        _response.Add(KnownHeader.XEnvoyUpstreamServiceTime, "12"u8);
        _utcTicks = new DateTime(2024, 5, 6, 7, 8, 9, 123, DateTimeKind.Utc).Ticks;
        _info.StartNanos = 1000 * Millisecond;
        _info.StartUtcTicks = _utcTicks;
        _info.EndNanos = 1014 * Millisecond;
        _info.Protocol = HttpProtocol.Http11;
        _info.ResponseCode = 200;
        _info.ResponseCodeDetails = "via_upstream";
        _info.BytesSent = 5_120;
        _info.Cluster = new ClusterInfo(new ClusterConfig { Name = "service" }, cellCount: 1);
        _info.UpstreamHost = new Host(_info.Cluster, Address("10.0.0.6", 8080), new EndpointConfig(), new LocalityEndpointsConfig());
        _info.DownstreamRemoteAddress = Address("10.0.0.1", 40_000);
        _default = DefaultFormat.Create(FormatterOptions.Default);
        if (!SubstitutionFormatter.TryParse("%REQ(:METHOD)% %REQ(:PATH)% %RESPONSE_CODE% %DURATION%\n", FormatterOptions.Default, out _short!, out string? error))
        {
            throw new InvalidOperationException(error);
        }
    }

    /// <summary>Envoy's default line.</summary>
    [Benchmark(Baseline = true)]
    public int DefaultLine() => Format(_default, _utcTicks);

    /// <summary>The same for requests that start in another millisecond each.</summary>
    [Benchmark]
    public int DefaultLineOtherMillisecond()
    {
        _info.StartUtcTicks += TimeSpan.TicksPerMillisecond;
        return Format(_default, _info.StartUtcTicks);
    }

    /// <summary>Four operators.</summary>
    [Benchmark]
    public int ShortLine() => Format(_short, _utcTicks);

    private int Format(SubstitutionFormatter formatter, long utcTicks)
    {
        _output.Clear();
        formatter.Format(new FormatContext(_info, _request, _response, null, 1014 * Millisecond, utcTicks, default, AccessLogType.DownstreamEnd), _output);
        return _output.Length;
    }

    private static NetworkAddress Address(string ip, int port) =>
        NetworkAddress.TryParseIp(ip, port, out NetworkAddress? address) ? address! : throw new ArgumentException(ip);
}
