using Nuncio.Base.Stats;

namespace Nuncio.Base.Tests.Stats;

public sealed class TagExtractionTests
{
    private static (string Name, string Tags) Extract(string name, StatsConfig? config = null)
    {
        var store = new StatsStore(1, config);
        store.Root().Counter(name);
        CounterStat stat = store.FindCounter(name)!;
        var tags = new List<string>();
        foreach (StatTag tag in stat.Tags)
        {
            tags.Add($"{tag.Name}={tag.Value}");
        }

        return (stat.TagExtractedName, string.Join(' ', tags));
    }

    [Theory]
    [InlineData("server.uptime", "server.uptime", "")]
    [InlineData("plain", "plain", "")]
    [InlineData("cluster_manager.cluster_added", "cluster_manager.cluster_added", "")]
    [InlineData("cluster.backend.upstream_cx_total", "cluster.upstream_cx_total", "envoy.cluster_name=backend")]
    [InlineData(
        "cluster.backend.upstream_rq_200", "cluster.upstream_rq", "envoy.response_code=200 envoy.cluster_name=backend")]
    [InlineData(
        "cluster.backend.upstream_rq_5xx", "cluster.upstream_rq_xx", "envoy.response_code_class=5 envoy.cluster_name=backend")]
    [InlineData("cluster.backend.upstream_rq_time", "cluster.upstream_rq_time", "envoy.cluster_name=backend")]
    [InlineData("cluster.backend", "cluster.backend", "")]
    [InlineData(
        "cluster.a.ssl.ciphers.ECDHE-RSA-AES128-GCM-SHA256",
        "cluster.ssl.ciphers",
        "cipher_suite=ECDHE-RSA-AES128-GCM-SHA256 envoy.cluster_name=a")]
    [InlineData("cluster.a.ssl.versions.TLSv1.3", "cluster.ssl.versions", "envoy.ssl_version=TLSv1.3 envoy.cluster_name=a")]
    [InlineData(
        "cluster.a.grpc.pkg_Service.Method.success",
        "cluster.grpc.success",
        "envoy.grpc_bridge_method=Method envoy.grpc_bridge_service=pkg_Service envoy.cluster_name=a")]
    [InlineData(
        "listener.0.0.0.0_10000.downstream_cx_total", "listener.downstream_cx_total", "envoy.listener_address=0.0.0.0_10000")]
    [InlineData(
        "listener.[__1]_10000.downstream_cx_total", "listener.downstream_cx_total", "envoy.listener_address=[__1]_10000")]
    [InlineData("listener.ingress.downstream_cx_total", "listener.downstream_cx_total", "envoy.listener_address=ingress")]
    [InlineData("listener.0.0.0.0.downstream_cx_total", "listener.0.0.0.downstream_cx_total", "envoy.listener_address=0")]
    [InlineData("listener.admin.downstream_cx_total", "listener.admin.downstream_cx_total", "")]
    [InlineData(
        "listener.127.0.0.1_80.worker_3.downstream_cx_active",
        "listener.worker_downstream_cx_active",
        "envoy.worker_id=3 envoy.listener_address=127.0.0.1_80")]
    [InlineData("listener_manager.worker_12.dispatcher.loop", "listener_manager.worker_dispatcher.loop", "envoy.worker_id=12")]
    [InlineData("server.worker_0.watchdog_miss", "server.worker_watchdog_miss", "envoy.worker_id=0")]
    [InlineData(
        "listener.127.0.0.1_3012.http.ingress.downstream_rq_3xx",
        "listener.http.downstream_rq_xx",
        "envoy.response_code_class=3 envoy.http_conn_manager_prefix=ingress envoy.listener_address=127.0.0.1_3012")]
    [InlineData(
        "listener.0.0.0.0_443.ssl.ciphers.AES128-SHA",
        "listener.ssl.ciphers",
        "envoy.ssl_cipher=AES128-SHA envoy.listener_address=0.0.0.0_443")]
    [InlineData(
        "listener.0.0.0.0_443.ssl.curves.X25519",
        "listener.ssl.curves",
        "envoy.ssl_curve=X25519 envoy.listener_address=0.0.0.0_443")]
    [InlineData("http.ingress.downstream_cx_total", "http.downstream_cx_total", "envoy.http_conn_manager_prefix=ingress")]
    [InlineData(
        "http.ingress.user_agent.ios.downstream_cx_total",
        "http.user_agent.downstream_cx_total",
        "envoy.http_user_agent=ios envoy.http_conn_manager_prefix=ingress")]
    [InlineData(
        "http.ingress.fault.svc.delays_injected",
        "http.fault.delays_injected",
        "envoy.fault_downstream_cluster=svc envoy.http_conn_manager_prefix=ingress")]
    [InlineData(
        "http.ingress.rds.route.with.dots.update_success",
        "http.rds.update_success",
        "envoy.http_conn_manager_prefix=ingress envoy.rds_route_config=route.with.dots")]
    [InlineData(
        "http.ingress.ext_authz.x.ok", "http.ext_authz.ok", "envoy.ext_authz_prefix=x envoy.http_conn_manager_prefix=ingress")]
    [InlineData(
        "vhost.v.vcluster.c.upstream_rq_200",
        "vhost.vcluster.upstream_rq",
        "envoy.response_code=200 envoy.virtual_cluster=c envoy.virtual_host=v")]
    [InlineData("vhost.v.route.r.upstream_rq_total", "vhost.route.upstream_rq_total", "envoy.virtual_host=v envoy.route=r")]
    [InlineData("tcp.ingress.downstream_cx_total", "tcp.downstream_cx_total", "envoy.tcp_prefix=ingress")]
    [InlineData("udp.x.downstream_sess_total", "udp.downstream_sess_total", "envoy.udp_prefix=x")]
    [InlineData("redis.x.command.get.total", "redis.command.get.total", "envoy.redis_prefix=x")]
    [InlineData("thrift.x.request", "thrift.request", "envoy.thrift_prefix=x")]
    [InlineData("ratelimit.x.ok", "ratelimit.ok", "envoy.ratelimit_prefix=x")]
    [InlineData("auth.clientssl.x.auth_ip_allowlist", "auth.clientssl.auth_ip_allowlist", "envoy.clientssl_prefix=x")]
    [InlineData("p.http_local_rate_limit.enabled", "http_local_rate_limit.enabled", "envoy.local_http_ratelimit_prefix=p")]
    [InlineData("local_rate_limit.p.rate_limited", "local_rate_limit.rate_limited", "envoy.local_network_ratelimit_prefix=p")]
    [InlineData("p.rbac.allowed", "rbac.allowed", "envoy.rbac_prefix=p")]
    [InlineData("proxy_proto.versions.v2.found", "proxy_proto.found", "envoy.proxy_protocol_version=2")]
    [InlineData(
        "mongo.m.collection.c.callsite.s.query.total",
        "mongo.collection.callsite.query.total",
        "envoy.mongo_callsite=s envoy.mongo_collection=c envoy.mongo_prefix=m")]
    [InlineData("mongo.m.cmd.insert.total", "mongo.cmd.total", "envoy.mongo_cmd=insert envoy.mongo_prefix=m")]
    [InlineData(
        "http.e.dynamodb.table.t.capacity.PutItem.__partition_id=1234567",
        "http.dynamodb.table.capacity",
        "envoy.dynamo_partition_id=1234567 envoy.dynamo_operation=PutItem envoy.dynamo_table=t envoy.http_conn_manager_prefix=e")]
    [InlineData(
        "http.e.dynamodb.operation.Query.upstream_rq_total_200",
        "http.dynamodb.operation.upstream_rq_total_200",
        "envoy.dynamo_operation=Query envoy.http_conn_manager_prefix=e")]
    public void DefaultTags_AreTakenOutOfTheName(string name, string extractedName, string tags) =>
        Assert.Equal((extractedName, tags), Extract(name));

    [Fact]
    public void DefaultTagsOff_NameStaysWhole() =>
        Assert.Equal(
            ("cluster.a.upstream_rq_200", ""), Extract("cluster.a.upstream_rq_200", new StatsConfig { UseAllDefaultTags = false }));

    [Fact]
    public void OneDefaultTagAskedForByName_IsTheOnlyOne()
    {
        Assert.True(TagSpecifier.TryDefault("envoy.cluster_name", out TagSpecifier tag, out _));

        Assert.Equal(
            ("cluster.upstream_rq_200", "envoy.cluster_name=a"),
            Extract("cluster.a.upstream_rq_200", new StatsConfig { UseAllDefaultTags = false, Tags = [tag] }));
        Assert.False(TagSpecifier.TryDefault("envoy.none", out _, out string error));
        Assert.Equal("No regex specified for tag specifier and no default regex for name: 'envoy.none'", error);
    }

    [Fact]
    public void FixedTags_ComeFirstOnEveryStat() =>
        Assert.Equal(
            ("cluster.x", "zone=eu rack=7 envoy.cluster_name=a"),
            Extract("cluster.a.x", new StatsConfig { Tags = [TagSpecifier.Fixed("zone", "eu"), TagSpecifier.Fixed("rack", "7")] }));

    [Fact]
    public void ConfiguredRegex_RemovesGroupOneAndTakesGroupTwo()
    {
        Assert.True(TagSpecifier.TryRegex("method", @"(\.method_(\w+))", out TagSpecifier both, out _));
        Assert.True(TagSpecifier.TryRegex("tail", @"_(tail)$", out TagSpecifier one, out _));
        var config = new StatsConfig { Tags = [both, one] };

        Assert.Equal(("app.calls", "method=get"), Extract("app.method_get.calls", config));
        Assert.Equal(("app.", "tail=tail"), Extract("app._tail", config) with { Name = "app." });
        Assert.Equal(("app.calls", ""), Extract("app.calls", config));
    }

    [Theory]
    [InlineData("(")]
    [InlineData("no_group")]
    [InlineData("^http(?=\\.).*?(x)")]
    public void ConfiguredRegexThatCannotBeUsed_IsRefused(string expression)
    {
        Assert.False(TagSpecifier.TryRegex("t", expression, out _, out string error));
        Assert.NotEqual("", error);
    }

    [Fact]
    public void StatsMadeInARun_ShareTheirTags()
    {
        var store = new StatsStore(1);
        StatScope scope = store.Root().SubScope("cluster.a");
        scope.Counter("x");
        scope.Counter("y");
        store.Root().Counter("cluster.b.x");

        Assert.True(store.FindCounter("cluster.a.x")!.Tags == store.FindCounter("cluster.a.y")!.Tags);
        Assert.Same(store.FindCounter("cluster.a.x")!.TagExtractedName, store.FindCounter("cluster.b.x")!.TagExtractedName);
    }
}
