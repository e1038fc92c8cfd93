namespace Nuncio.Base.Stats;

/// <summary>The tags that are taken out of names by default.</summary>
/// <remarks>
/// Immutable. Envoy: <c>source/common/config/well_known_names.cc</c>. Order is that in which labels are shown: those that may
/// begin with any token come first (see <see cref="TagProducer"/>), then the others as they stand here; of two for the same tag
/// the first that finds it counts.
/// </remarks>
internal static class DefaultTags
{
    internal static IReadOnlyList<TagExtractor> Extractors { get; } =
    [
        new ResponseCodeTagExtractor("envoy.response_code", classes: false),
        new ResponseCodeTagExtractor("envoy.response_code_class", classes: true),

        // Removed with the token before it, unlike a plain token.
        new RegexTagExtractor(
            "envoy.dynamo_partition_id",
            @"^http\.[^.]+\.dynamodb\.table\.[^.]+\.capacity\.[^.]+(\.__partition_id=(\w{7}))$",
            "http",
            ".dynamodb.table."),
        new TokenTagExtractor("envoy.dynamo_operation", "http.*.dynamodb.operation.$.**"),
        new TokenTagExtractor("envoy.dynamo_operation", "http.*.dynamodb.table.*.capacity.$.**"),
        new TokenTagExtractor("envoy.dynamo_operation", "http.*.dynamodb.table.*.capacity.$"),
        new TokenTagExtractor("envoy.mongo_callsite", "mongo.*.collection.*.callsite.$.query.**"),
        new TokenTagExtractor("envoy.dynamo_table", "http.*.dynamodb.table.$.**"),
        new TokenTagExtractor("envoy.dynamo_table", "http.*.dynamodb.error.$.**"),
        new TokenTagExtractor("envoy.mongo_collection", "mongo.*.collection.$.**.query.*"),
        new TokenTagExtractor("envoy.mongo_cmd", "mongo.*.cmd.$.**"),
        new TokenTagExtractor("envoy.grpc_bridge_method", "cluster.*.grpc.*.$.**"),
        new TokenTagExtractor("envoy.http_user_agent", "http.*.user_agent.$.**"),
        new TokenTagExtractor("envoy.virtual_cluster", "vhost.*.vcluster.$.**"),
        new TokenTagExtractor("envoy.fault_downstream_cluster", "http.*.fault.$.**"),
        new TokenTagExtractor("envoy.ssl_cipher", "listener.**.ssl.ciphers.$"),
        new TokenTagExtractor("envoy.ssl_curve", "listener.**.ssl.curves.$"),
        new TokenTagExtractor("envoy.ssl_curve", "cluster.**.ssl.curves.$"),
        new TokenTagExtractor("envoy.ssl_sigalg", "listener.**.ssl.sigalgs.$"),
        new TokenTagExtractor("envoy.ssl_sigalg", "cluster.**.ssl.sigalgs.$"),

        // "TLSv1.3" has a dot in it.
        new RegexTagExtractor(
            "envoy.ssl_version", @"^(?:listener|cluster)\..*?\.ssl\.versions(\.(TLSv[0-9]\.[0-9]))$", "", ".ssl.versions."),
        new TokenTagExtractor("envoy.tls_certificate", "listener.**.ssl.certificate.$.**"),
        new TokenTagExtractor("envoy.tls_certificate", "cluster.**.ssl.certificate.$.**"),
        new TokenTagExtractor("cipher_suite", "cluster.*.ssl.ciphers.$"),
        new TokenTagExtractor("envoy.grpc_bridge_service", "cluster.*.grpc.$.**"),
        new TokenTagExtractor("envoy.tcp_prefix", "tcp.$.**"),
        new TokenTagExtractor("envoy.udp_prefix", "udp.$.**"),
        new TokenTagExtractor("envoy.clientssl_prefix", "auth.clientssl.$.**"),
        new TokenTagExtractor("envoy.ratelimit_prefix", "ratelimit.$.**"),
        new TokenTagExtractor("envoy.cluster_name", "cluster.$.**"),
        new TokenTagExtractor("envoy.http_conn_manager_prefix", "listener.**.http.$.**"),
        new TokenTagExtractor("envoy.ext_authz_prefix", "cluster.*.ext_authz.$.**"),
        new TokenTagExtractor("envoy.ext_authz_prefix", "http.*.ext_authz.$.**"),
        new TokenTagExtractor("envoy.http_conn_manager_prefix", "http.$.**"),
        new WorkerIdTagExtractor("envoy.worker_id"),
        new ListenerAddressTagExtractor("envoy.listener_address"),
        new TokenTagExtractor("envoy.virtual_host", "vhost.$.**"),
        new TokenTagExtractor("envoy.mongo_prefix", "mongo.$.**"),

        // The name of a route configuration may have dots in it.
        new RegexTagExtractor("envoy.rds_route_config", @"^http\.[^.]+\.rds\.(([\w\-.]+)\.)\w+$", "http", ".rds."),
        new RegexTagExtractor(
            "envoy.scoped_rds_config", @"^http\.[^.]+\.scoped_rds\.(([\w\-.]+)\.)\w+$", "http", ".scoped_rds."),
        new TokenTagExtractor("envoy.route", "vhost.*.route.$.**"),
        new TokenTagExtractor("envoy.thrift_prefix", "thrift.$.**"),
        new TokenTagExtractor("envoy.redis_prefix", "redis.$.**"),
        new TokenTagExtractor("envoy.local_http_ratelimit_prefix", "$.http_local_rate_limit.**"),
        new TokenTagExtractor("envoy.local_network_ratelimit_prefix", "local_rate_limit.$.**"),
        new TokenTagExtractor("envoy.local_listener_ratelimit_prefix", "listener_local_ratelimit.$.**"),
        new TokenTagExtractor("envoy.dns_filter_prefix", "dns_filter.$.**"),
        new TokenTagExtractor("envoy.connection_limit_prefix", "connection_limit.$.**"),
        new TokenTagExtractor("envoy.rbac_prefix", "$.rbac.**"),
        new TokenTagExtractor("envoy.rbac_policy_name", "http.*.rbac.policy.$.**"),
        new TokenTagExtractor("envoy.rbac_policy_name", "http.*.rbac.*.policy.$.**"),
        new TokenTagExtractor("envoy.rbac_http_prefix", "http.*.rbac.$.**", exceptValue: "policy"),
        new RegexTagExtractor(
            "envoy.proxy_protocol_version", @"^proxy_proto\.(?:[^.]+\.)?(versions\.v([0-9])\.)", "proxy_proto", ".versions."),
        new TokenTagExtractor("envoy.proxy_protocol_prefix", "proxy_proto.$.**", exceptValue: "versions"),
        new TokenTagExtractor("envoy.google_grpc_client_prefix", "grpc.$.**"),
    ];
}
