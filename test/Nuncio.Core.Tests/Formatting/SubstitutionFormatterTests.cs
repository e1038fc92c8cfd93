using System.Text;
using Nuncio.Core.AccessLog;
using Nuncio.Core.Failures;
using Nuncio.Core.Formatting;
using Nuncio.Core.Streams;
using Nuncio.Http.Streams;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Http;

namespace Nuncio.Core.Tests.Formatting;

public sealed class SubstitutionFormatterTests
{
    private readonly FormatFixture _fixture = new();

    [Fact]
    public void DefaultFormat_PrintsEnvoysLine()
    {
        Assert.Equal(
            "[2024-05-06T07:08:09.123Z] \"GET /now?a=1&b=x%20y&c=%0aevil&a=2 HTTP/1.1\" 200 - 10 34 14 12 \"-\" \"curl/8\" "
                + "\"deadbeef-0000-4000-8000-000000000000\" \"example.com\" \"10.0.0.6:6666\"\n",
            _fixture.Format(DefaultFormat.Create(FormatterOptions.Default)));
    }

    [Fact]
    public void DefaultFormat_OfATcpConnection_PrintsDashesForHttp()
    {
        _fixture.Request = _fixture.Response = _fixture.Trailers = null;
        _fixture.Info.Protocol = HttpProtocol.Unknown;
        _fixture.Info.ResponseCode = 0;
        _fixture.Info.Flags = ResponseFlags.UpstreamConnectionFailure | ResponseFlags.UpstreamRetryLimitExceeded;
        _fixture.Info.UpstreamHost = null;

        Assert.Equal(
            "[2024-05-06T07:08:09.123Z] \"- - -\" 0 UF,URX 10 34 14 - \"-\" \"-\" \"-\" \"-\" \"-\"\n",
            _fixture.Format(DefaultFormat.Create(FormatterOptions.Default)));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("100%%", "100%")]
    [InlineData("%%PROTOCOL%%", "%PROTOCOL%")]
    [InlineData("a%PROTOCOL%b", "aHTTP/1.1b")]
    [InlineData("%REQ(USER-AGENT):4%", "curl")]
    [InlineData("%REQ(USER-AGENT):0%", "")]
    [InlineData("%REQ(USER-AGENT):999999999999999999%", "curl/8")]
    [InlineData("%START_TIME((%Y))%", "(2024)")]
    [InlineData("%START_TIME(%Y)%%PROTOCOL%", "2024HTTP/1.1")]
    public void Template_FollowsTheGrammar(string template, string expected) => Assert.Equal(expected, _fixture.Format(template));

    [Theory]
    [InlineData("%")]
    [InlineData("%PROTOCOL")]
    [InlineData("%protocol%")]
    [InlineData("%REQ(x%")]
    [InlineData("%REQ(x):%")]
    [InlineData("%REQ(x):a%")]
    [InlineData("% %")]
    public void BrokenTemplate_IsAnErrorWithItsPosition(string template) => Assert.Contains("at position 0", FormatFixture.Error(template), StringComparison.Ordinal);

    [Theory]
    [InlineData("%RESPONSE_COD%", "did you mean %RESPONSE_CODE%?")]
    [InlineData("%UPSTREAM_HOSTS%", "did you mean %UPSTREAM_HOST%?")]
    [InlineData("%ZZZZZZZZZZZZZZZZZZZZZZZZZ%", "is not known")]
    [InlineData("%CEL(request.path)%", "not supported by this version")]
    [InlineData("%PROTOCOL(x)%", "takes no argument")]
    [InlineData("%PROTOCOL:3%", "takes no length")]
    [InlineData("%REQ%", "needs an argument")]
    [InlineData("%REQ(a?b?c)%", "more than one alternative")]
    [InlineData("%REQ(a b)%", "not a header name")]
    [InlineData("%PATH(XX)%", "expected WQ or NQ")]
    [InlineData("%PATH(WQ:XX)%", "expected ORIG, PATH or ORIG_OR_PATH")]
    [InlineData("%GRPC_STATUS(X)%", "expected CAMEL_STRING, SNAKE_STRING or NUMBER")]
    [InlineData("%COMMON_DURATION(DS_RX_BEG)%", "expected START:END")]
    [InlineData("%COMMON_DURATION(DS_RX_BEG:DS_TX_END:xs)%", "expected ms, us or ns")]
    [InlineData("%COMMON_DURATION(DS_RX_BEG:XX)%", "\"XX\" is not known")]
    [InlineData("%COMMON_DURATION(US_CX_BEG:DS_RX_END)%", "not supported by this version")]
    [InlineData("%RESPONSE_CODE_DETAILS(X)%", "expected ALLOW_WHITESPACES")]
    [InlineData("%METADATA(X:a)%", "expected DYNAMIC, CLUSTER, ROUTE, VIRTUAL_HOST, UPSTREAM_HOST, LISTENER or LISTENER_FILTER_CHAIN first")]
    [InlineData("%START_TIME(%Q)%", "unknown specifier \"%Q\"")]
    [InlineData("%START_TIME(%n)%", "line end")]
    public void WrongOperator_IsAnErrorThatSaysWhatIsRight(string template, string expected) =>
        Assert.Contains(expected, FormatFixture.Error(template), StringComparison.Ordinal);

    [Fact]
    public void TooLongTemplate_IsRefused() => Assert.Contains("at most", FormatFixture.Error(new string('x', 65537)), StringComparison.Ordinal);

    [Theory]
    [InlineData("%REQ(:METHOD)%", "GET")]
    [InlineData("%REQUEST_HEADER(:AUTHORITY)%", "example.com")]
    [InlineData("%REQ(X-TWO)%", "first")]
    [InlineData("%REQ(x-none?X-Two):3%", "fir")]
    [InlineData("%REQ(x-none?x-neither)%", "-")]
    [InlineData("%RESP(content-type)%", "text/plain")]
    [InlineData("%RESPONSE_HEADER(x)%", "-")]
    [InlineData("%TRAILER(x-check)%", "sum")]
    [InlineData("%RESPONSE_TRAILER(X-CHECK):1%", "s")]
    [InlineData("%REQ_WITHOUT_QUERY(X-ENVOY-ORIGINAL-PATH?:PATH)%", "/now")]
    [InlineData("%PATH%", "/now?a=1&b=x%20y&c=%0aevil&a=2")]
    [InlineData("%PATH(NQ)%", "/now")]
    [InlineData("%PATH(NQ:PATH):2%", "/n")]
    [InlineData("%PATH(WQ:ORIG)%", "-")]
    [InlineData("%QUERY_PARAM(a)%", "1")]
    [InlineData("%QUERY_PARAM(b)%", "x y")]
    [InlineData("%QUERY_PARAM(b):1%", "x")]
    [InlineData("%QUERY_PARAM(none)%", "-")]
    [InlineData("%QUERY_PARAM(c)%", "%0aevil")]
    public void HeadersAndPath_ArePrinted(string template, string expected) => Assert.Equal(expected, _fixture.Format(template));

    [Fact]
    public void RewrittenPath_IsPrintedAsItCame()
    {
        _fixture.Request!.Add("x-envoy-original-path"u8, "/before?q"u8);

        Assert.Equal("/before?q /before?q /before", _fixture.Format("%PATH% %PATH(WQ:ORIG)% %PATH(NQ)%"));
    }

    [Theory]
    [InlineData("%RESPONSE_CODE%", "200")]
    [InlineData("%RESPONSE_CODE_DETAILS%", "via_upstream")]
    [InlineData("%RESPONSE_CODE_DETAILS(ALLOW_WHITESPACES)%", "via upstream")]
    [InlineData("%PROTOCOL%", "HTTP/1.1")]
    [InlineData("%UPSTREAM_PROTOCOL%", "HTTP/2")]
    [InlineData("%RESPONSE_FLAGS%", "-")]
    [InlineData("%RESPONSE_FLAGS_LONG%", "-")]
    [InlineData("%BYTES_RECEIVED%", "10")]
    [InlineData("%BYTES_SENT%", "34")]
    [InlineData("%RESPONSE_TRAILERS_BYTES%", "10")]
    [InlineData("%DOWNSTREAM_HEADER_BYTES_RECEIVED%", "120")]
    [InlineData("%DOWNSTREAM_HEADER_BYTES_SENT%", "90")]
    [InlineData("%UPSTREAM_REQUEST_ATTEMPT_COUNT%", "1")]
    [InlineData("%CONNECTION_ID%", "7")]
    [InlineData("%UPSTREAM_CONNECTION_ID%", "8")]
    [InlineData("%FILTER_CHAIN_NAME%", "chain")]
    [InlineData("%ROUTE_NAME%", "-")]
    [InlineData("%VIRTUAL_CLUSTER_NAME%", "-")]
    [InlineData("%UPSTREAM_CLUSTER%", "back_alt")]
    [InlineData("%UPSTREAM_CLUSTER_RAW%", "backend")]
    [InlineData("%CONNECTION_TERMINATION_DETAILS%", "-")]
    [InlineData("%UPSTREAM_TRANSPORT_FAILURE_REASON%", "-")]
    [InlineData("%REQUESTED_SERVER_NAME%", "-")]
    [InlineData("%ACCESS_LOG_TYPE%", "DownstreamEnd")]
    [InlineData("%LOCAL_REPLY_BODY%", "")]
    [InlineData("%GRPC_STATUS%", "-")]
    [InlineData("%TRACE_ID%", "-")]
    [InlineData("%DOWNSTREAM_TLS_VERSION%", "-")]
    [InlineData("%DOWNSTREAM_PEER_URI_SAN%", "-")]
    [InlineData("%DOWNSTREAM_PEER_CERT_V_START(%Y)%", "-")]
    [InlineData("%UPSTREAM_TLS_CIPHER%", "-")]
    [InlineData("%FILTER_STATE(key:PLAIN)%", "-")]
    [InlineData("%TLS_JA3_FINGERPRINT%", "-")]
    [InlineData("%TLS_JA4_FINGERPRINT%", "-")]
    [InlineData("%METADATA(VIRTUAL_HOST:ns:key)%", "-")]
    [InlineData("%STREAM_ID%", "deadbeef-0000-4000-8000-000000000000")]
    public void StreamFields_ArePrinted(string template, string expected) => Assert.Equal(expected, _fixture.Format(template));

    [Theory]
    [InlineData("%FILTER_STATE(text:PLAIN)%", "a \"b\"")]
    [InlineData("%FILTER_STATE(text:PLAIN):3%", "a \"")]
    [InlineData("%FILTER_STATE(text)%", "\"a \\\"b\\\"\"")]
    [InlineData("%FILTER_STATE(text:TYPED):3%", "\"a ")]
    [InlineData("%FILTER_STATE(number)%", "18446744073709551615")]
    [InlineData("%FILTER_STATE(number:PLAIN)%", "18446744073709551615")]
    [InlineData("%FILTER_STATE(address:PLAIN)%", "10.0.0.1:1111")]
    [InlineData("%FILTER_STATE(address)%", "-")]
    [InlineData("%FILTER_STATE(text:FIELD:a)%", "-")]
    [InlineData("%FILTER_STATE(other)%", "-")]
    [InlineData("%FILTER_STATE(connection:PLAIN)%", "of the connection")]
    [InlineData("%TLS_JA3_FINGERPRINT% %TLS_JA4_FINGERPRINT%", "ja3 ja4")]
    [InlineData("%CONNECTION_TERMINATION_DETAILS%", "rbac_access_denied")]
    [InlineData("%DYNAMIC_METADATA(ns:key)%", "-")]
    public void WhatTheConnectionKnows_IsPrinted(string template, string expected)
    {
        StreamInfo info = _fixture.Info;
        ConnectionInfo connection = info.Connection!;
        connection.Ja3Hash = "ja3";
        connection.Ja4 = "ja4";
        connection.TerminationDetails = "rbac_access_denied";
        connection.Metadata = new DynamicMetadata();
        connection.Metadata.Set("ns", "key", "of the connection");
        connection.FilterState = new FilterState();
        Assert.True(connection.FilterState.TrySet("connection", "of the connection"));
        info.FilterState = new FilterState(connection.FilterState);
        Assert.True(info.FilterState.TrySet("text", "a \"b\""));
        Assert.True(info.FilterState.TrySet("number", ulong.MaxValue));
        Assert.True(info.FilterState.TrySet("address", info.DownstreamRemoteAddress!));

        Assert.Equal(expected, _fixture.Format(template));
    }

    [Theory]
    [InlineData("", "", "%REQUESTED_SERVER_NAME%", "-")]
    [InlineData("sni.example", "", "%REQUESTED_SERVER_NAME%", "sni.example")]
    [InlineData("s\nn", "", "%REQUESTED_SERVER_NAME(SNI_ONLY)%", "s_n")]
    [InlineData("", "", "%REQUESTED_SERVER_NAME(SNI_FIRST)%", "example.com")]
    [InlineData("", "orig", "%REQUESTED_SERVER_NAME(SNI_FIRST)%", "orig")]
    [InlineData("", "orig", "%REQUESTED_SERVER_NAME(SNI_FIRST:HOST)%", "example.com")]
    [InlineData("", "", "%REQUESTED_SERVER_NAME(SNI_FIRST:ORIG)%", "-")]
    [InlineData("sni", "orig", "%REQUESTED_SERVER_NAME(SNI_FIRST)%", "sni")]
    [InlineData("sni", "orig", "%REQUESTED_SERVER_NAME(HOST_FIRST:ORIG)%", "orig")]
    [InlineData("sni", "", "%REQUESTED_SERVER_NAME(HOST_FIRST:ORIG)%", "sni")]
    [InlineData("sni", "orig", "%REQUESTED_SERVER_NAME(HOST_FIRST:ORIG_OR_HOST)%", "orig")]
    public void RequestedServerName_IsOfTlsOrOfTheRequest(string sni, string original, string template, string expected)
    {
        _fixture.Info.Connection!.RequestedServerName = sni;
        if (original.Length > 0)
        {
            _fixture.Request!.Add("x-envoy-original-host"u8, System.Text.Encoding.ASCII.GetBytes(original));
        }

        Assert.Equal(expected, _fixture.Format(template));
    }

    [Theory]
    [InlineData("%REQUESTED_SERVER_NAME(LOUD)%")]
    [InlineData("%REQUESTED_SERVER_NAME(SNI_FIRST:LOUD)%")]
    [InlineData("%REQUESTED_SERVER_NAME(SNI_FIRST:HOST:HOST)%")]
    public void WrongServerName_IsRefused(string template) => Assert.Contains("expected SNI_ONLY", FormatFixture.Error(template), StringComparison.Ordinal);

    [Fact]
    public void AtL4_MetadataAndFilterStateAreTheConnections()
    {
        _fixture.Request = null;
        ConnectionInfo connection = _fixture.Info.Connection!;
        connection.Metadata = new DynamicMetadata();
        connection.Metadata.Set("ns", "key", "v");
        connection.FilterState = new FilterState();
        connection.FilterState.TrySet("k", "w");

        Assert.Equal("v w", _fixture.Format("%DYNAMIC_METADATA(ns:key)% %FILTER_STATE(k:PLAIN)%"));
    }

    [Theory]
    [InlineData("%FILTER_STATE%")]
    [InlineData("%FILTER_STATE(:PLAIN)%")]
    [InlineData("%FILTER_STATE(a:LOUD)%")]
    [InlineData("%FILTER_STATE(a:FIELD)%")]
    [InlineData("%FILTER_STATE(a:PLAIN:x)%")]
    public void WrongFilterState_IsRefused(string template) => Assert.Contains("FILTER_STATE", FormatFixture.Error(template), StringComparison.Ordinal);

    [Theory]
    [InlineData("%DURATION%", "14")]
    [InlineData("%REQUEST_DURATION%", "3")]
    [InlineData("%REQUEST_TX_DURATION%", "5")]
    [InlineData("%RESPONSE_DURATION%", "10")]
    [InlineData("%RESPONSE_TX_DURATION%", "3")]
    [InlineData("%UPSTREAM_CONNECTION_POOL_READY_DURATION%", "2")]
    [InlineData("%COMMON_DURATION(DS_RX_BEG:DS_TX_END)%", "13")]
    [InlineData("%COMMON_DURATION(DS_RX_BEG:US_RX_END:us)%", "12345")]
    [InlineData("%COMMON_DURATION(DS_RX_BEG:US_RX_END:ns)%", "12345678")]
    [InlineData("%COMMON_DURATION(DS_TX_END:DS_RX_BEG:ms)%", "-")]
    [InlineData("%COMMON_DURATION(DS_RX_BEG:US_HS_END)%", "-")]
    [InlineData("%DOWNSTREAM_HANDSHAKE_DURATION%", "-")]
    public void Durations_ArePrinted(string template, string expected) => Assert.Equal(expected, _fixture.Format(template));

    [Fact]
    public void UnfinishedStream_HasADurationAndNoOtherTimes()
    {
        StreamInfo info = _fixture.Info;
        info.EndNanos = info.LastDownstreamRxNanos = info.FirstUpstreamRxNanos = 0;
        info.PoolReadyNanos = -1;

        Assert.Equal(
            "4000 - - - -",
            _fixture.Format("%DURATION% %REQUEST_DURATION% %RESPONSE_DURATION% %RESPONSE_TX_DURATION% %UPSTREAM_CONNECTION_POOL_READY_DURATION%"));
    }

    [Theory]
    [InlineData("%DOWNSTREAM_REMOTE_ADDRESS%", "10.0.0.1:1111")]
    [InlineData("%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%", "10.0.0.1")]
    [InlineData("%DOWNSTREAM_REMOTE_PORT%", "1111")]
    [InlineData("%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%", "10.0.0.2:2222")]
    [InlineData("%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%", "10.0.0.2")]
    [InlineData("%DOWNSTREAM_DIRECT_REMOTE_PORT%", "2222")]
    [InlineData("%DOWNSTREAM_LOCAL_ADDRESS%", "[::1]:3333")]
    [InlineData("%DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%", "::1")]
    [InlineData("%DOWNSTREAM_LOCAL_PORT%", "3333")]
    [InlineData("%DOWNSTREAM_DIRECT_LOCAL_ADDRESS%", "[::2]:4444")]
    [InlineData("%DOWNSTREAM_DIRECT_LOCAL_PORT%", "4444")]
    [InlineData("%UPSTREAM_LOCAL_ADDRESS%", "10.0.0.5:5555")]
    [InlineData("%UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%", "10.0.0.5")]
    [InlineData("%UPSTREAM_LOCAL_PORT%", "5555")]
    [InlineData("%UPSTREAM_HOST%", "10.0.0.6:6666")]
    [InlineData("%UPSTREAM_REMOTE_ADDRESS%", "10.0.0.6:6666")]
    [InlineData("%UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%", "10.0.0.6")]
    [InlineData("%UPSTREAM_REMOTE_PORT%", "6666")]
    [InlineData("%UPSTREAM_HOST_NAME%", "10.0.0.6:6666")]
    [InlineData("%UPSTREAM_HOST_NAME_WITHOUT_PORT%", "10.0.0.6")]
    public void Addresses_ArePrinted(string template, string expected) => Assert.Equal(expected, _fixture.Format(template));

    [Theory]
    [InlineData("db.example:77", "db.example:77 db.example")]
    [InlineData("db.example", "db.example db.example")]
    [InlineData("[::1]:77", "[::1]:77 [::1]")]
    [InlineData("fe80::1", "fe80::1 fe80::1")]
    public void HostNames_LoseOnlyAPort(string name, string expected)
    {
        _fixture.Info.UpstreamHost = _fixture.Host(name);

        Assert.Equal(expected, _fixture.Format("%UPSTREAM_HOST_NAME% %UPSTREAM_HOST_NAME_WITHOUT_PORT%"));
    }

    [Fact]
    public void Pipe_HasNoPort()
    {
        _fixture.Info.DownstreamLocalAddress = NetworkAddress.FromPipe("/run/x.sock");

        Assert.Equal("/run/x.sock /run/x.sock -", _fixture.Format("%DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT% %DOWNSTREAM_LOCAL_PORT%"));
    }

    [Fact]
    public void Flags_ArePrintedInEnvoysOrder()
    {
        _fixture.Info.Flags = ResponseFlags.UnconditionalDropOverload | ResponseFlags.UpstreamConnectionFailure | ResponseFlags.FailedLocalHealthCheck;

        Assert.Equal("LH,UF,UDO", _fixture.Format("%RESPONSE_FLAGS%"));
        Assert.Equal("FailedLocalHealthCheck,UpstreamConnectionFailure,UnconditionalDropOverload", _fixture.Format("%RESPONSE_FLAGS_LONG%"));
    }

    [Fact]
    public void TextsFromPeers_AreMadeFitForOneField()
    {
        _fixture.Info.Connection!.RequestedServerName = "a b\n\"c.example";
        _fixture.Info.UpstreamTransportFailureReason = "delayed connect error: Connection refused";
        _fixture.Info.ConnectionTerminationDetails = "why not";

        Assert.Equal(
            "a_b__c.example delayed_connect_error:_Connection_refused why not",
            _fixture.Format("%REQUESTED_SERVER_NAME% %UPSTREAM_TRANSPORT_FAILURE_REASON% %CONNECTION_TERMINATION_DETAILS%"));
    }

    [Fact]
    public void MissingValue_IsLeftOutWhenAsked()
    {
        Assert.Equal("a-b", _fixture.Format("a%REQ(none)%b"));
        Assert.Equal("ab", _fixture.Format("a%REQ(none)%b", FormatterOptions.OmitEmpty));
        Assert.Equal("-", _fixture.Format("%RESPONSE_FLAGS%", FormatterOptions.OmitEmpty));
    }

    [Fact]
    public void LocalReplyBodyAndType_ArePrinted()
    {
        _fixture.LocalReplyBody = "no healthy upstream";
        _fixture.LogType = AccessLogType.TcpConnectionStart;

        Assert.Equal("no healthy upstream TcpConnectionStart", _fixture.Format("%LOCAL_REPLY_BODY% %ACCESS_LOG_TYPE%"));
    }

    [Fact]
    public void HostnameAndEnvironment_AreReadOnce()
    {
        FormatterOptions options = new()
        {
            Hostname = "box",
            Environment = static name => name == "ZONE" ? "north" : null,
        };

        Assert.Equal("box north nor -", _fixture.Format("%HOSTNAME% %ENVIRONMENT(ZONE)% %ENVIRONMENT(ZONE):3% %ENVIRONMENT(NONE)%", options));
        Assert.NotEqual("-", _fixture.Format("%HOSTNAME%"));
    }

    [Fact]
    public void UniqueId_IsAnotherUuidEachTime()
    {
        string first = _fixture.Format("%UNIQUE_ID%");
        string second = _fixture.Format("%UNIQUE_ID%");

        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", first);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void StreamIdOfAConnection_IsTheSameInEachEntry()
    {
        _fixture.Request = null;

        string id = _fixture.Format("%STREAM_ID%");

        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", id);
        Assert.Equal(id, _fixture.Format("%STREAM_ID%"));
    }

    [Theory]
    [InlineData("application/grpc", null, 200, "Unknown UNKNOWN 2 2")]
    [InlineData("application/grpc+proto", "4", 200, "DeadlineExceeded DEADLINE_EXCEEDED 4 4")]
    [InlineData("application/grpc", "99", 200, "99 99 99 99")]
    [InlineData("application/grpc", "x", 200, "-1 -1 -1 -1")]
    [InlineData("application/grpc", null, 503, "Unavailable UNAVAILABLE 14 14")]
    [InlineData("application/grpcx", "4", 200, "- - - -")]
    public void GrpcStatus_IsPrintedInThreeStyles(string contentType, string? trailer, int status, string expected)
    {
        _fixture.Request!.Add("content-type"u8, Encoding.ASCII.GetBytes(contentType));
        _fixture.Trailers = trailer is null ? null : TestHeaders.Make(_fixture.Pool, "grpc-status", trailer);
        _fixture.Info.ResponseCode = status;

        Assert.Equal(expected, _fixture.Format("%GRPC_STATUS% %GRPC_STATUS(SNAKE_STRING)% %GRPC_STATUS(NUMBER)% %GRPC_STATUS_NUMBER%"));
    }

    [Fact]
    public void DynamicMetadata_IsPrintedAsTextOrJson()
    {
        DynamicMetadata metadata = _fixture.Info.Metadata = new DynamicMetadata();
        metadata.Set("ns", "text", "a \"b\"");
        metadata.Set("ns", "number", 1.5);
        metadata.Set("ns", "yes", true);
        metadata.Set("ns", "none", null);
        metadata.Set("ns", "map", new Dictionary<string, object?> { ["z"] = "q\n", ["a"] = new List<object?> { 1.0, null, "x" } });

        Assert.Equal(
            "a \"b\" 1.5 true - {\"a\":[1,null,\"x\"],\"z\":\"q\\n\"} [1,null,\"x\"] - -",
            _fixture.Format("%DYNAMIC_METADATA(ns:text)% %DYNAMIC_METADATA(ns:number)% %DYNAMIC_METADATA(ns:yes)% %DYNAMIC_METADATA(ns:none)% "
                + "%DYNAMIC_METADATA(ns:map)% %METADATA(DYNAMIC:ns:map:a)% %DYNAMIC_METADATA(ns:no)% %DYNAMIC_METADATA(other)%"));
        Assert.Equal("{\"ma", _fixture.Format("%DYNAMIC_METADATA(ns):4%"));
    }
}
