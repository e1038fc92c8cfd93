using System.Text;
using Nuncio.Base.Buffers;
using Nuncio.Core.Failures;
using Nuncio.Core.Pools;
using Nuncio.Http.Headers;
using Nuncio.Http.Streams;

namespace Nuncio.Core.Tests.Failures;

public sealed class FailureTableTests
{
    private const string Connect = "upstream connect error or disconnect/reset before headers. ";

    [Fact]
    public void EveryKind_HasItsRow()
    {
        foreach (FailureKind kind in Enum.GetValues<FailureKind>())
        {
            FailureRow row = FailureTable.Get(kind);
            Assert.Equal(kind, row.Kind);
            Assert.NotEmpty(row.Explanation);
            Assert.Equal(row.Counter.Length == 0, row.CounterScope == CounterScope.None);
            Assert.Equal(row.Body, Encoding.UTF8.GetString(row.BodyUtf8));
        }

        Assert.Equal(Enum.GetValues<FailureKind>().Length, FailureTable.Rows.Count);
    }

    // The rows of the reference on local replies: status, status once the request is complete, flag, body, details.
    [Theory]
    [InlineData(FailureKind.NoRoute, 404, 404, "NR", "", "route_not_found")]
    [InlineData(FailureKind.NoCluster, 503, 503, "NC", "", "cluster_not_found")]
    [InlineData(FailureKind.RouterOverload, 503, 503, "-", "envoy overloaded", "overload")]
    [InlineData(FailureKind.UpstreamClosedDuringDecoding, 503, 503, "-", "upstream is closed prematurely during decoding data from downstream", "upstream_reset_before_response_started")]
    [InlineData(FailureKind.EarlyConnectData, 400, 400, "-", "", "early_connect_data")]
    [InlineData(FailureKind.FilterAddedRequestData, 502, 502, "-", "Filter error", "filter_added_invalid_request_data")]
    [InlineData(FailureKind.FilterAddedResponseData, 502, 502, "-", "Filter error", "filter_added_invalid_response_data")]
    [InlineData(FailureKind.NoHealthyUpstream, 503, 503, "UH", "no healthy upstream", "no_healthy_upstream")]
    [InlineData(FailureKind.MaintenanceMode, 503, 503, "UO", "maintenance mode", "maintenance_mode")]
    [InlineData(FailureKind.DropOverload, 503, 503, "DO", "drop overload", "drop_overload")]
    [InlineData(FailureKind.UnconditionalDropOverload, 503, 503, "UDO", "unconditional drop overload", "unconditional_drop_overload")]
    [InlineData(FailureKind.RouteTimeout, 504, 504, "UT", "upstream request timeout", "response_timeout")]
    [InlineData(FailureKind.PerTryTimeout, 504, 504, "UT", "upstream request timeout", "upstream_per_try_timeout")]
    [InlineData(FailureKind.PerTryIdleTimeout, 504, 504, "UT", "upstream request timeout", "upstream_per_try_idle_timeout")]
    [InlineData(FailureKind.UpstreamMaxStreamDuration, 408, 504, "UMSDR", "upstream max stream duration reached", "upstream_max_stream_duration_reached")]
    [InlineData(FailureKind.RetryBufferOverflow, 507, 507, "-", "exceeded request buffer limit while retrying upstream", "request_payload_exceeded_retry_buffer_limit")]
    [InlineData(FailureKind.Overload, 503, 503, "-", "envoy overloaded", "overload")]
    [InlineData(FailureKind.StreamIdleTimeout, 408, 504, "SI", "stream timeout", "stream_idle_timeout")]
    [InlineData(FailureKind.RequestTimeout, 408, 504, "-", "request timeout", "request_overall_timeout")]
    [InlineData(FailureKind.RequestHeaderTimeout, 408, 408, "-", "request header timeout", "request_header_timeout")]
    [InlineData(FailureKind.MaxStreamDuration, 408, 504, "-", "downstream duration timeout", "max_duration_timeout")]
    [InlineData(FailureKind.LowVersion, 426, 426, "DPE", "Upgrade Required", "low_version")]
    [InlineData(FailureKind.MissingHost, 400, 400, "-", "", "missing_host_header")]
    [InlineData(FailureKind.MissingPath, 404, 404, "-", "", "missing_path_rejected")]
    [InlineData(FailureKind.AbsolutePath, 404, 404, "-", "", "absolute_path_rejected")]
    [InlineData(FailureKind.PathNormalization, 400, 400, "-", "", "path_normalization_failed")]
    [InlineData(FailureKind.PathRedirect, 307, 307, "-", "", "path_normalization_failed")]
    [InlineData(FailureKind.UpgradeNotAllowed, 403, 403, "-", "", "upgrade_failed")]
    [InlineData(FailureKind.RequestTooLarge, 413, 413, "-", "Payload Too Large", "request_payload_too_large")]
    [InlineData(FailureKind.ResponseTooLarge, 500, 500, "-", "Internal Server Error", "response_payload_too_large")]
    [InlineData(FailureKind.DownstreamDisconnect, 0, 0, "DC", "", "downstream_remote_disconnect")]
    [InlineData(FailureKind.NoFilterChain, 0, 0, "NR", "", "filter_chain_not_found")]
    [InlineData(FailureKind.ConnectionDurationReached, 0, 0, "DT", "", "duration_timeout")]
    public void Row_IsAsTheReferenceSays(FailureKind kind, int status, int whenComplete, string flags, string body, string details)
    {
        FailureRow row = FailureTable.Get(kind);

        Assert.Equal(status, row.StatusFor(requestComplete: false));
        Assert.Equal(whenComplete, row.StatusFor(requestComplete: true));
        Assert.Equal(flags, Flags(row.Flags));
        Assert.Equal(body, row.Body);
        Assert.Equal(details, FailureText.Details(new ProxyFailure(kind)));
    }

    [Theory]
    [InlineData(StreamResetReason.LocalReset, 503, "LR", "local reset")]
    [InlineData(StreamResetReason.LocalRefusedStreamReset, 503, "LR", "local refused stream reset")]
    [InlineData(StreamResetReason.RemoteReset, 503, "UR", "remote reset")]
    [InlineData(StreamResetReason.RemoteRefusedStreamReset, 503, "UR", "remote refused stream reset")]
    [InlineData(StreamResetReason.LocalConnectionFailure, 503, "UF", "local connection failure")]
    [InlineData(StreamResetReason.RemoteConnectionFailure, 503, "UF", "remote connection failure")]
    [InlineData(StreamResetReason.ConnectionTimeout, 503, "UF", "connection timeout")]
    [InlineData(StreamResetReason.ConnectionTermination, 503, "UC", "connection termination")]
    [InlineData(StreamResetReason.Overflow, 503, "UO", "overflow")]
    [InlineData(StreamResetReason.ConnectError, 503, "UR", "remote error with CONNECT request")]
    [InlineData(StreamResetReason.ProtocolError, 502, "UPE", "protocol error")]
    [InlineData(StreamResetReason.OverloadManager, 503, "OM", "overload manager reset")]
    [InlineData(StreamResetReason.Http1PrematureUpstreamHalfClose, 503, "LR", "HTTP/1 premature upstream half close")]
    public void Reset_HasEnvoysStatusFlagBodyAndDetails(StreamResetReason reason, int status, string flags, string words)
    {
        ProxyFailure failure = new(FailureTable.FromReset(reason));
        string underscored = words.Replace(' ', '_');

        Assert.True(failure.Row.IsReset);
        Assert.Equal(status, failure.Row.Status);
        Assert.Equal(flags, Flags(failure.Row.Flags));
        Assert.Equal($"{Connect}reset reason: {words}", Body(failure, retried: false));
        Assert.Equal($"{Connect}retried and the latest reset reason: {words}", Body(failure, retried: true));
        Assert.Equal($"upstream_reset_before_response_started{{{underscored}}}", FailureText.Details(failure));
        Assert.Equal($"upstream_reset_after_response_started{{{underscored}}}", FailureText.Details(failure, responseStarted: true));
    }

    [Fact]
    public void TransportFailure_IsNamedInBodyAndDetails()
    {
        ProxyFailure failure = new(FailureTable.FromPool(PoolFailureReason.RemoteConnectionFailure), "delayed connect error: Connection refused");

        Assert.Equal(
            $"{Connect}reset reason: remote connection failure, transport failure reason: delayed connect error: Connection refused",
            Body(failure, retried: false));
        Assert.Equal(
            "upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}",
            FailureText.Details(failure));
        Assert.EndsWith("(delayed connect error: Connection refused)", FailureText.Explain(failure), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PoolFailureReason.Overflow, "UO", FailureKind.UpstreamOverflow)]
    [InlineData(PoolFailureReason.LocalConnectionFailure, "UF", FailureKind.LocalConnectionFailure)]
    [InlineData(PoolFailureReason.RemoteConnectionFailure, "UF", FailureKind.RemoteConnectionFailure)]
    [InlineData(PoolFailureReason.Timeout, "UF", FailureKind.ConnectionTimeout)]
    public void PoolFailure_HasItsKind(PoolFailureReason reason, string flags, FailureKind expected)
    {
        Assert.Equal(expected, FailureTable.FromPool(reason));
        Assert.Equal(flags, Flags(FailureTable.Get(expected).Flags));
    }

    [Fact]
    public void DetailOfAHeader_IsNamed()
    {
        ProxyFailure removed = new(FailureKind.MissingRequestHeader, ":path");

        Assert.Equal("missing required header: :path", Body(removed, retried: false));
        Assert.Equal("filter_removed_required_request_headers{:path}", FailureText.Details(removed));
        Assert.Equal("request_headers_failed_strict_check{x-y}", FailureText.Details(new ProxyFailure(FailureKind.StrictHeaderCheck, "x-y")));
    }

    [Theory]
    [InlineData(FailureKind.UpstreamOverflow, KnownHeader.XEnvoyOverloaded)]
    [InlineData(FailureKind.MaintenanceMode, KnownHeader.XEnvoyOverloaded)]
    [InlineData(FailureKind.Overload, KnownHeader.XEnvoyLocalOverloaded)]
    [InlineData(FailureKind.NoRoute, KnownHeader.None)]
    public void Mark_IsTheHeaderThatOverloadCarries(FailureKind kind, KnownHeader mark) => Assert.Equal(mark, FailureTable.Get(kind).Mark);

    [Theory]
    [InlineData(FailureKind.UpstreamConnectionTermination, RetryClass.IfConnectionWasReused)]
    [InlineData(FailureKind.RemoteConnectionFailure, RetryClass.Yes)]
    [InlineData(FailureKind.UpstreamRemoteRefusedReset, RetryClass.Yes)]
    [InlineData(FailureKind.UpstreamProtocolError, RetryClass.Never)]
    [InlineData(FailureKind.UpstreamOverflow, RetryClass.Never)]
    public void Retry_FollowsWhatTheUpstreamMayHaveDone(FailureKind kind, RetryClass expected) => Assert.Equal(expected, new ProxyFailure(kind).Retry);

    [Fact]
    public void ShortNames_AreReadBack()
    {
        Assert.Equal(30, ResponseFlagsText.ShortNames.Count);
        foreach (string name in ResponseFlagsText.ShortNames)
        {
            Assert.True(ResponseFlagsText.TryParse(name, out ResponseFlags flag));
            Assert.Equal(name, Flags(flag));
        }

        Assert.False(ResponseFlagsText.TryParse("XX", out _));
        Assert.False(ResponseFlagsText.TryParse("-", out _));
    }

    private static string Flags(ResponseFlags flags)
    {
        ByteWriter writer = new();
        ResponseFlagsText.Append(flags, writer);
        return Encoding.ASCII.GetString(writer.Written);
    }

    private static string Body(in ProxyFailure failure, bool retried)
    {
        ByteWriter writer = new();
        FailureText.AppendBody(failure, retried, writer);
        return Encoding.ASCII.GetString(writer.Written);
    }
}
