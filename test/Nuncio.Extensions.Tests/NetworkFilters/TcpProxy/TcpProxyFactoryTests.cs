using Nuncio.Base.Random;
using Nuncio.Core.NetworkFilters;
using Nuncio.Extensions.NetworkFilters.TcpProxy;
using Wire = Envoy.Extensions.Filters.Network.TcpProxy.V3;

namespace Nuncio.Extensions.Tests.NetworkFilters.TcpProxy;

public sealed class TcpProxyFactoryTests
{
    [Fact]
    public void OnlyWhatIsRequired_TakesEnvoysDefaults()
    {
        TcpProxyConfig config = Good("{stat_prefix: p, cluster: up}");
        Assert.Equal("p", config.StatPrefix);
        Assert.Equal("up", config.Clusters.Draw(new RandomSource(1)).Name);
        Assert.Equal(3600L * 1_000_000_000, config.IdleTimeoutNanos);
        Assert.Equal(1u, config.MaxConnectAttempts);
        Assert.Null(config.BackOff);
        Assert.Equal(0, config.MaxConnectionDurationNanos);
        Assert.Equal(0, config.LogIntervalNanos);
        Assert.False(config.LogOnConnected);
        Assert.False(config.LogOnStart);
        Assert.Empty(config.AccessLogs);
    }

    [Fact]
    public void Everything_IsTaken()
    {
        TcpProxyConfig config = Good("""
            stat_prefix: p
            weighted_clusters: {clusters: [{name: a, weight: 1}, {name: b, weight: 1}]}
            idle_timeout: 0s
            max_connect_attempts: 4
            backoff_options: {base_interval: 0.1s, max_interval: 2s}
            max_downstream_connection_duration: 60s
            max_downstream_connection_duration_jitter_percentage: {value: 12.5}
            access_log: [{name: out, typed_config: {"@type": type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog}}]
            access_log_options: {access_log_flush_interval: 5s, flush_access_log_on_connected: true, flush_access_log_on_start: true}
            """);
        RandomSource random = new(1);
        Assert.Equal(["a", "b"], Enumerable.Range(0, 50).Select(_ => config.Clusters.Draw(random).Name).Distinct().Order());
        Assert.Equal(0, config.IdleTimeoutNanos);
        Assert.Equal(4u, config.MaxConnectAttempts);
        Assert.Equal(new ConnectBackOff(100_000_000, 2_000_000_000), config.BackOff);
        Assert.Equal(60_000_000_000, config.MaxConnectionDurationNanos);
        Assert.Equal(12.5, config.MaxConnectionDurationJitter);
        Assert.Equal(5_000_000_000, config.LogIntervalNanos);
        Assert.True(config.LogOnConnected);
        Assert.True(config.LogOnStart);
        Assert.Single(config.AccessLogs);
    }

    [Fact]
    public void OldLogOptions_StillWork()
    {
        TcpProxyConfig config = Good("{stat_prefix: p, cluster: up, flush_access_log_on_connected: true, access_log_flush_interval: 3s}");
        Assert.True(config.LogOnConnected);
        Assert.Equal(3_000_000_000, config.LogIntervalNanos);
    }

    [Fact]
    public void BackOffWithoutMaximum_TakesTenTimesTheBase() =>
        Assert.Equal(
            new ConnectBackOff(50_000_000, 500_000_000), Good("{stat_prefix: p, cluster: up, backoff_options: {base_interval: 0.05s}}").BackOff);

    [Theory]
    [InlineData("{cluster: up}", "stat_prefix")]
    [InlineData("{stat_prefix: p}", "cluster")]
    [InlineData("{stat_prefix: p, cluster: ''}", "cluster")]
    [InlineData("{stat_prefix: p, weighted_clusters: {clusters: []}}", "weighted_clusters.clusters")]
    [InlineData("{stat_prefix: p, weighted_clusters: {clusters: [{name: a, weight: 0}]}}", "weighted_clusters.clusters[0].weight")]
    [InlineData("{stat_prefix: p, cluster: up, max_connect_attempts: 0}", "max_connect_attempts")]
    [InlineData("{stat_prefix: p, cluster: up, backoff_options: {base_interval: 2s, max_interval: 1s}}", "backoff_options.max_interval")]
    [InlineData("{stat_prefix: p, cluster: up, max_downstream_connection_duration: 0s}", "max_downstream_connection_duration")]
    [InlineData("{stat_prefix: p, cluster: up, metadata_match: {filter_metadata: {envoy.lb: {a: b}}}}", "metadata_match.filter_metadata")]
    [InlineData("{stat_prefix: p, cluster: up, access_log_options: {}, flush_access_log_on_connected: true}", "flush_access_log_on_connected")]
    [InlineData("{stat_prefix: p, cluster: up, access_log_options: {}, access_log_flush_interval: 1s}", "access_log_flush_interval")]
    [InlineData("{stat_prefix: p, cluster: up, tunneling_config: {hostname: a}}", "tunneling_config")]
    [InlineData("{stat_prefix: p, cluster: up, hash_policy: [{source_ip: {}}]}", "hash_policy")]
    [InlineData("{stat_prefix: p, cluster: up, upstream_connect_mode: ON_DOWNSTREAM_DATA}", "upstream_connect_mode")]
    public void WrongOrUnsupported_IsRefusedAtItsPlace(string yaml, string place)
    {
        (NetworkFilterProvider? provider, string[] errors) = FilterConfiguration.Load<Wire.TcpProxy>(new TcpProxyFactory(), yaml);
        Assert.Null(provider);
        string error = Assert.Single(errors);
        Assert.Contains(place, error);
        Assert.StartsWith("test.yaml:1:", error);
    }

    [Fact]
    public void MetadataThatLoadBalancingDoesNotLookAt_HasNoEffect() =>
        Good("{stat_prefix: p, cluster: up, metadata_match: {filter_metadata: {other: {a: b}}}}");

    private static TcpProxyConfig Good(string yaml)
    {
        (NetworkFilterProvider? provider, string[] errors) = FilterConfiguration.Load<Wire.TcpProxy>(new TcpProxyFactory(), yaml);
        Assert.Empty(errors);
        Assert.True(provider!.IsTerminal);
        return Assert.IsType<TcpProxyProvider>(provider).Config;
    }
}
