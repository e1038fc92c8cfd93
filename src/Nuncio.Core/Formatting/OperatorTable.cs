using System.Collections.Frozen;
using System.Text;
using Nuncio.Core.Formatting.Operators;

namespace Nuncio.Core.Formatting;

/// <summary>
/// Every operator by name: what may stand behind it and how it is made. To add one, add a line. Immutable; any thread; used
/// while templates are compiled only.
/// </summary>
internal static class OperatorTable
{
    private static readonly Dictionary<string, Entry> s_entries = Build();

    // Operators of Envoy whose data this version does not keep: refused by name rather than printed as missing.
    private static readonly FrozenSet<string> s_unsupported = FrozenSet.ToFrozenSet(
    [
        "CEL", "TYPED_CEL", "COALESCE", "XFCC_VALUE", "BYTES_RETRANSMITTED",
        "PACKETS_RETRANSMITTED", "UPSTREAM_WIRE_BYTES_SENT", "UPSTREAM_WIRE_BYTES_RECEIVED", "DOWNSTREAM_WIRE_BYTES_SENT",
        "DOWNSTREAM_WIRE_BYTES_RECEIVED", "UPSTREAM_HEADER_BYTES_SENT", "UPSTREAM_HEADER_BYTES_RECEIVED",
        "UPSTREAM_DECOMPRESSED_HEADER_BYTES_SENT", "UPSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED",
        "DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_SENT", "DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED",
        "DOWNSTREAM_LOCAL_CLOSE_REASON", "DOWNSTREAM_DETECTED_CLOSE_TYPE", "UPSTREAM_DETECTED_CLOSE_TYPE", "QUERY_PARAMS",
        "UPSTREAM_HOSTS_ATTEMPTED", "UPSTREAM_HOSTS_ATTEMPTED_WITHOUT_PORT", "UPSTREAM_HOST_NAMES_ATTEMPTED",
        "UPSTREAM_HOST_NAMES_ATTEMPTED_WITHOUT_PORT", "UPSTREAM_CONNECTION_IDS_ATTEMPTED", "FILE_CONTENT", "SECRET",
    ],
    StringComparer.Ordinal);

    private delegate FormatOperator? Maker(in OperatorArguments arguments, out string? error);

    /// <summary>Makes an operator; null after an error.</summary>
    internal static FormatOperator? Create(string name, in OperatorArguments arguments, out string? error)
    {
        if (!s_entries.TryGetValue(name, out Entry entry))
        {
            error = s_unsupported.Contains(name)
                ? $"operator %{name}% is not supported by this version"
                : Unknown(name);
            return null;
        }

        error = CheckRule(name, entry.Rule, arguments);
        return error is null ? entry.Make(arguments, out error) : null;
    }

    private static string Unknown(string name)
    {
        string? nearest = NearestOperator.Find(name, s_entries.Keys);
        return $"operator %{name}% is not known" + (nearest is null ? "" : $"; did you mean %{nearest}%?");
    }

    private static string? CheckRule(string name, ArgumentRule rule, in OperatorArguments arguments)
    {
        bool takesArgument = (rule & (ArgumentRule.Optional | ArgumentRule.Required)) != 0;
        if (!takesArgument && arguments.Argument.Length > 0)
        {
            return $"operator %{name}% takes no argument, found \"({arguments.Argument})\"";
        }

        if ((rule & ArgumentRule.Required) != 0 && arguments.Argument.Length == 0)
        {
            return $"operator %{name}% needs an argument: %{name}(...)%";
        }

        return (rule & ArgumentRule.Length) == 0 && arguments.MaxLength is not null
            ? $"operator %{name}% takes no length, found \":{arguments.MaxLength}\""
            : null;
    }

    private static Dictionary<string, Entry> Build()
    {
        Dictionary<string, Entry> all = new(StringComparer.Ordinal);
        AddTimes(all);
        AddNumbersAndTexts(all);
        AddAddresses(all);
        AddHeaders(all);
        AddOthers(all);
        AddAlwaysMissing(all);
        return all;
    }

    private static void AddTimes(Dictionary<string, Entry> all)
    {
        Add(all, "START_TIME", ArgumentRule.Optional, static (in a, out e) => TimeOperator.Create(emit: false, local: false, a, out e));
        Add(all, "START_TIME_LOCAL", ArgumentRule.Optional, static (in a, out e) => TimeOperator.Create(emit: false, local: true, a, out e));
        Add(all, "EMIT_TIME", ArgumentRule.Optional, static (in a, out e) => TimeOperator.Create(emit: true, local: false, a, out e));
        Add(all, "EMIT_TIME_LOCAL", ArgumentRule.Optional, static (in a, out e) => TimeOperator.Create(emit: true, local: true, a, out e));
        Add(all, "DURATION", new DurationOperator(TimePoint.DownstreamRxBegin, TimePoint.EndOrNow));
        Add(all, "REQUEST_DURATION", new DurationOperator(TimePoint.DownstreamRxBegin, TimePoint.DownstreamRxEnd));
        Add(all, "REQUEST_TX_DURATION", new DurationOperator(TimePoint.DownstreamRxBegin, TimePoint.UpstreamTxEnd));
        Add(all, "RESPONSE_DURATION", new DurationOperator(TimePoint.DownstreamRxBegin, TimePoint.UpstreamRxBegin));
        Add(all, "RESPONSE_TX_DURATION", new DurationOperator(TimePoint.UpstreamRxBegin, TimePoint.DownstreamTxEnd));
        Add(all, "COMMON_DURATION", ArgumentRule.Required, DurationOperator.CreateCommon);
        Add(all, "UPSTREAM_CONNECTION_POOL_READY_DURATION", new PoolReadyOperator());
    }

    private static void AddNumbersAndTexts(Dictionary<string, Entry> all)
    {
        Add(all, "RESPONSE_CODE", new NumberOperator(NumberField.ResponseCode));
        Add(all, "BYTES_RECEIVED", new NumberOperator(NumberField.BytesReceived));
        Add(all, "BYTES_SENT", new NumberOperator(NumberField.BytesSent));
        Add(all, "REQUEST_HEADERS_BYTES", new NumberOperator(NumberField.RequestHeadersBytes));
        Add(all, "RESPONSE_HEADERS_BYTES", new NumberOperator(NumberField.ResponseHeadersBytes));
        Add(all, "RESPONSE_TRAILERS_BYTES", new NumberOperator(NumberField.ResponseTrailersBytes));
        Add(all, "DOWNSTREAM_HEADER_BYTES_RECEIVED", new NumberOperator(NumberField.DownstreamHeaderBytesReceived));
        Add(all, "DOWNSTREAM_HEADER_BYTES_SENT", new NumberOperator(NumberField.DownstreamHeaderBytesSent));
        Add(all, "UPSTREAM_REQUEST_ATTEMPT_COUNT", new NumberOperator(NumberField.AttemptCount));
        Add(all, "CONNECTION_ID", new NumberOperator(NumberField.ConnectionId));
        Add(all, "UPSTREAM_CONNECTION_ID", new NumberOperator(NumberField.UpstreamConnectionId));
        Add(all, "PROTOCOL", new TextOperator(TextField.Protocol));
        Add(all, "UPSTREAM_PROTOCOL", new TextOperator(TextField.UpstreamProtocol));
        Add(all, "RESPONSE_FLAGS", new TextOperator(TextField.ResponseFlags));
        Add(all, "RESPONSE_FLAGS_LONG", new TextOperator(TextField.ResponseFlagsLong));
        Add(all, "LOCAL_REPLY_BODY", new TextOperator(TextField.LocalReplyBody));
        Add(all, "ACCESS_LOG_TYPE", new TextOperator(TextField.AccessLogType));
        Add(all, "RESPONSE_CODE_DETAILS", ArgumentRule.Optional, ResponseCodeDetails);
        Add(all, "CONNECTION_TERMINATION_DETAILS", new TextOperator(TextField.ConnectionTerminationDetails));
        Add(all, "UPSTREAM_TRANSPORT_FAILURE_REASON", new TextOperator(TextField.UpstreamTransportFailureReason));
        Add(all, "ROUTE_NAME", new TextOperator(TextField.RouteName));
        Add(all, "FILTER_CHAIN_NAME", new TextOperator(TextField.FilterChainName));
        Add(all, "REQUESTED_SERVER_NAME", ArgumentRule.Optional, ServerNameOperator.Create);
        Add(all, "TLS_JA3_FINGERPRINT", new TextOperator(TextField.Ja3));
        Add(all, "TLS_JA4_FINGERPRINT", new TextOperator(TextField.Ja4));
        Add(all, "UPSTREAM_CLUSTER", new TextOperator(TextField.UpstreamCluster));
        Add(all, "UPSTREAM_CLUSTER_RAW", new TextOperator(TextField.UpstreamClusterRaw));
    }

    private static void AddAddresses(Dictionary<string, Entry> all)
    {
        AddAddress(all, "DOWNSTREAM_REMOTE", AddressField.DownstreamRemote);
        AddAddress(all, "DOWNSTREAM_DIRECT_REMOTE", AddressField.DownstreamDirectRemote);
        AddAddress(all, "DOWNSTREAM_LOCAL", AddressField.DownstreamLocal);
        AddAddress(all, "DOWNSTREAM_DIRECT_LOCAL", AddressField.DownstreamDirectLocal);
        AddAddress(all, "UPSTREAM_LOCAL", AddressField.UpstreamLocal);
        AddAddress(all, "UPSTREAM_REMOTE", AddressField.UpstreamRemote);
        Add(all, "UPSTREAM_HOST", new AddressOperator(AddressField.UpstreamHost, AddressPart.Whole));
        Add(all, "UPSTREAM_HOST_NAME", new HostNameOperator(withoutPort: false));
        Add(all, "UPSTREAM_HOST_NAME_WITHOUT_PORT", new HostNameOperator(withoutPort: true));
    }

    private static void AddAddress(Dictionary<string, Entry> all, string whose, AddressField field)
    {
        Add(all, whose + "_ADDRESS", new AddressOperator(field, AddressPart.Whole));
        Add(all, whose + "_ADDRESS_WITHOUT_PORT", new AddressOperator(field, AddressPart.Ip));
        Add(all, whose + "_PORT", new AddressOperator(field, AddressPart.Port));
    }

    private static void AddHeaders(Dictionary<string, Entry> all)
    {
        const ArgumentRule Rule = ArgumentRule.Required | ArgumentRule.Length;
        foreach (string name in (ReadOnlySpan<string>)["REQ", "REQUEST_HEADER", "STREAM_INFO_REQ"])
        {
            Add(all, name, Rule, static (in a, out e) => HeaderOperator.Create(HeaderSource.Request, a, out e));
        }

        foreach (string name in (ReadOnlySpan<string>)["RESP", "RESPONSE_HEADER"])
        {
            Add(all, name, Rule, static (in a, out e) => HeaderOperator.Create(HeaderSource.Response, a, out e));
        }

        foreach (string name in (ReadOnlySpan<string>)["TRAILER", "RESPONSE_TRAILER"])
        {
            Add(all, name, Rule, static (in a, out e) => HeaderOperator.Create(HeaderSource.Trailer, a, out e));
        }

        Add(all, "REQ_WITHOUT_QUERY", Rule, static (in a, out e) => HeaderOperator.Create(HeaderSource.Request, a, out e, withoutQuery: true));
        Add(all, "PATH", ArgumentRule.Optional | ArgumentRule.Length, PathOperator.Create);
        Add(all, "QUERY_PARAM", Rule, static (in a, out e) => Made(new QueryParameterOperator(a.Argument, a.MaxLength), out e));
        Add(all, "GRPC_STATUS", ArgumentRule.Optional, GrpcStatus);
        Add(all, "GRPC_STATUS_NUMBER", new GrpcStatusOperator(GrpcStatusStyle.Number));
    }

    private static void AddOthers(Dictionary<string, Entry> all)
    {
        Add(all, "DYNAMIC_METADATA", ArgumentRule.Required | ArgumentRule.Length, static (in a, out e) => Metadata(MetadataSource.Dynamic, a, 0, out e));
        Add(all, "CLUSTER_METADATA", ArgumentRule.Required | ArgumentRule.Length, static (in a, out e) => Metadata(MetadataSource.Cluster, a, 0, out e));
        Add(all, "UPSTREAM_METADATA", ArgumentRule.Required | ArgumentRule.Length, static (in a, out e) => Metadata(MetadataSource.UpstreamHost, a, 0, out e));
        Add(all, "METADATA", ArgumentRule.Required | ArgumentRule.Length, TypedMetadata);
        Add(all, "FILTER_STATE", ArgumentRule.Required | ArgumentRule.Length, FilterStateOperator.Create);
        Add(all, "HOSTNAME", ArgumentRule.None, static (in a, out e) => Made(Literal(a.Options.Hostname ?? System.Net.Dns.GetHostName()), out e));
        Add(all, "ENVIRONMENT", ArgumentRule.Required | ArgumentRule.Length, Environment);
        Add(all, "UNIQUE_ID", new UuidOperator(ofStream: false));
        Add(all, "STREAM_ID", new UuidOperator(ofStream: true));
        Add(all, "CUSTOM_FLAGS", ArgumentRule.None, static (in a, out e) => Made(new LiteralOperator([]), out e));
    }

    // What no stream has: there is no TLS yet, no tracing, no virtual cluster, no internal listener.
    private static void AddAlwaysMissing(Dictionary<string, Entry> all)
    {
        foreach (string name in (ReadOnlySpan<string>)[
            "TRACE_ID", "SPAN_ID", "VIRTUAL_CLUSTER_NAME", "DOWNSTREAM_HANDSHAKE_DURATION", "ROUNDTRIP_DURATION",
            "DOWNSTREAM_TRANSPORT_FAILURE_REASON", "UPSTREAM_REMOTE_ADDRESS_ENDPOINT_ID", "DOWNSTREAM_LOCAL_ADDRESS_ENDPOINT_ID",
            "DOWNSTREAM_DIRECT_LOCAL_ADDRESS_ENDPOINT_ID",
            "DOWNSTREAM_TLS_VERSION", "DOWNSTREAM_TLS_CIPHER", "DOWNSTREAM_TLS_SESSION_ID", "DOWNSTREAM_LOCAL_SUBJECT",
            "DOWNSTREAM_PEER_SUBJECT", "DOWNSTREAM_PEER_ISSUER", "DOWNSTREAM_PEER_FINGERPRINT_256", "DOWNSTREAM_PEER_FINGERPRINT_1",
            "DOWNSTREAM_PEER_SERIAL", "DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_256", "DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_1",
            "DOWNSTREAM_PEER_CHAIN_SERIALS", "DOWNSTREAM_PEER_CERT", "DOWNSTREAM_PEER_ISSUER_FINGERPRINT_256",
            "DOWNSTREAM_PEER_ISSUER_SERIAL", "UPSTREAM_TLS_VERSION", "UPSTREAM_TLS_CIPHER", "UPSTREAM_TLS_SESSION_ID",
            "UPSTREAM_PEER_SUBJECT", "UPSTREAM_PEER_ISSUER", "UPSTREAM_PEER_CERT"])
        {
            Add(all, name, MissingOperator.Instance);
        }

        foreach (string side in (ReadOnlySpan<string>)["DOWNSTREAM_LOCAL", "DOWNSTREAM_PEER", "UPSTREAM_LOCAL", "UPSTREAM_PEER"])
        {
            foreach (string kind in (ReadOnlySpan<string>)["URI", "DNS", "IP", "EMAIL", "OTHERNAME"])
            {
                Add(all, $"{side}_{kind}_SAN", MissingOperator.Instance);
            }
        }

        foreach (string name in (ReadOnlySpan<string>)[
            "DOWNSTREAM_PEER_CERT_V_START", "DOWNSTREAM_PEER_CERT_V_END", "UPSTREAM_PEER_CERT_V_START", "UPSTREAM_PEER_CERT_V_END",
            "UPSTREAM_FILTER_STATE"])
        {
            Add(all, name, ArgumentRule.Optional | ArgumentRule.Length, static (in a, out e) => Made(MissingOperator.Instance, out e));
        }
    }

    private static FormatOperator? ResponseCodeDetails(in OperatorArguments arguments, out string? error)
    {
        error = arguments.Argument is "" or "ALLOW_WHITESPACES"
            ? null
            : $"RESPONSE_CODE_DETAILS({arguments.Argument}): expected ALLOW_WHITESPACES";
        return error is null
            ? new TextOperator(arguments.Argument.Length == 0 ? TextField.ResponseCodeDetails : TextField.ResponseCodeDetailsRaw)
            : null;
    }

    private static FormatOperator? GrpcStatus(in OperatorArguments arguments, out string? error)
    {
        GrpcStatusStyle? style = arguments.Argument switch
        {
            "" or "CAMEL_STRING" => GrpcStatusStyle.Camel,
            "SNAKE_STRING" => GrpcStatusStyle.Snake,
            "NUMBER" => GrpcStatusStyle.Number,
            _ => null,
        };
        error = style is null ? $"GRPC_STATUS({arguments.Argument}): expected CAMEL_STRING, SNAKE_STRING or NUMBER" : null;
        return style is { } found ? new GrpcStatusOperator(found) : null;
    }

    private static FormatOperator? TypedMetadata(in OperatorArguments arguments, out string? error)
    {
        string type = arguments.Argument.Split(':')[0];
        MetadataSource? source = type switch
        {
            "DYNAMIC" => MetadataSource.Dynamic,
            "CLUSTER" => MetadataSource.Cluster,
            "ROUTE" => MetadataSource.Route,
            "UPSTREAM_HOST" => MetadataSource.UpstreamHost,
            "VIRTUAL_HOST" => MetadataSource.VirtualHost,
            "LISTENER" => MetadataSource.Listener,
            "LISTENER_FILTER_CHAIN" => MetadataSource.FilterChain,
            _ => null,
        };
        if (source is { } found)
        {
            return Metadata(found, arguments, 1, out error);
        }

        error = $"METADATA({arguments.Argument}): expected DYNAMIC, CLUSTER, ROUTE, VIRTUAL_HOST, UPSTREAM_HOST, LISTENER or LISTENER_FILTER_CHAIN first";
        return null;
    }

    private static FormatOperator? Metadata(MetadataSource source, in OperatorArguments arguments, int skip, out string? error)
    {
        string[] parts = arguments.Argument.Split(':');
        string ns = parts.Length > skip ? parts[skip] : "";
        return MetadataOperator.Create(source, ns, parts.Length > skip + 1 ? parts[(skip + 1)..] : [], arguments.MaxLength, out error);
    }

    private static FormatOperator? Environment(in OperatorArguments arguments, out string? error)
    {
        string? value = arguments.Options.Environment(arguments.Argument);
        byte[] text = Encoding.UTF8.GetBytes(value ?? "-");
        int length = value is null ? text.Length : Math.Min(text.Length, arguments.MaxLength ?? int.MaxValue);
        return Made(new LiteralOperator(text[..length]), out error);
    }

    private static LiteralOperator Literal(string text) => new(Encoding.UTF8.GetBytes(text));

    private static FormatOperator Made(FormatOperator made, out string? error)
    {
        error = null;
        return made;
    }

    private static void Add(Dictionary<string, Entry> all, string name, FormatOperator shared) =>
        all.Add(name, new Entry(ArgumentRule.None, (in a, out e) => Made(shared, out e)));

    private static void Add(Dictionary<string, Entry> all, string name, ArgumentRule rule, Maker make) => all.Add(name, new Entry(rule, make));

    private readonly record struct Entry(ArgumentRule Rule, Maker Make);
}
