using Nuncio.Config.Clusters;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;
using Nuncio.Core.Clusters;
using Nuncio.Core.Dns;
using Nuncio.Http.Http1;
using Nuncio.IO.Sockets;
using Wire = Envoy.Config.Cluster.V3;

namespace Nuncio.Config.Tests.Clusters;

public sealed class ClusterConverterTests
{
    [Fact]
    public void NameAlone_GivesEnvoysDefaults()
    {
        ClusterConfig config = Good("name: a");
        Assert.Equal("a", config.Name);
        Assert.Equal(ClusterDiscoveryKind.Static, config.Discovery);
        Assert.Equal(TimeSpan.FromSeconds(5), config.ConnectTimeout);
        Assert.Equal(1024 * 1024, config.PerConnectionBufferLimit);
        Assert.Equal(new LoadBalancingConfig(), config.LoadBalancing);
        Assert.Equal(new CircuitBreakerConfig { MaxConnections = 1024, MaxPendingRequests = 1024, MaxRequests = 1024, MaxRetries = 3 }, config.DefaultLimits);
        Assert.Equal(config.DefaultLimits, config.HighLimits);
        Assert.Equal(TimeSpan.FromHours(1), config.Http.IdleTimeout);
        Assert.Equal(80, config.Http.Http1.MaxResponseHeadersKb);
        Assert.Equal(100, config.Http.Http1.MaxHeadersCount);
        Assert.Equal(TimeSpan.FromSeconds(5), config.Dns.RefreshRate);
        Assert.Null(config.KeepAlive);
    }

    [Fact]
    public void StaticHosts_CarryEverythingAboutThem()
    {
        ClusterConfig config = Good("""
            name: a
            alt_stat_name: b
            connect_timeout: 0.25s
            per_connection_buffer_limit_bytes: 4096
            upstream_connection_options: {tcp_keepalive: {keepalive_time: 10}}
            upstream_bind_config: {source_address: {address: 127.0.0.9, port_value: 0}}
            load_assignment:
              cluster_name: a
              policy: {overprovisioning_factor: 100}
              endpoints:
              - locality: {region: r, zone: z, sub_zone: s}
                priority: 1
                load_balancing_weight: 4
                lb_endpoints:
                - endpoint: {address: {socket_address: {address: "::1", port_value: 80}}, hostname: h}
                  load_balancing_weight: 7
                  health_status: DEGRADED
                  metadata: {filter_metadata: {envoy.lb: {canary: true, list: [1, x]}}}
                - endpoint: {address: {pipe: {path: /tmp/s}}}
            """);
        Assert.Equal("b", config.AltStatName);
        Assert.Equal(TimeSpan.FromMilliseconds(250), config.ConnectTimeout);
        Assert.Equal(4096, config.PerConnectionBufferLimit);
        Assert.Equal(10, config.KeepAlive!.TimeSeconds);
        Assert.Equal("127.0.0.9:0", Assert.Single(config.Bind!.Sources).Address!.ToString());
        Assert.Equal(100, config.LoadBalancing.OverprovisioningFactor);
        LocalityEndpointsConfig locality = Assert.Single(config.Endpoints);
        Assert.Equal((new Locality("r", "z", "s"), 1, 4u), (locality.Locality, locality.Priority, locality.Weight));
        EndpointConfig first = locality.Endpoints[0];
        Assert.Equal("[::1]:80", first.Address!.ToString());
        Assert.Equal(("h", 7u, EndpointHealthStatus.Degraded), (first.Hostname, first.Weight, first.HealthStatus));
        Assert.Equal(true, first.Metadata.Find("envoy.lb")!["canary"]);
        Assert.Equal(1u, locality.Endpoints[1].Weight);
        Assert.Equal("/tmp/s", locality.Endpoints[1].Address!.ToString());
    }

    [Fact]
    public void DnsOptions_AreTaken()
    {
        ClusterConfig config = Good("""
            name: a
            type: STRICT_DNS
            dns_lookup_family: V4_ONLY
            dns_refresh_rate: 2s
            dns_jitter: 0.5s
            dns_failure_refresh_rate: {base_interval: 1s, max_interval: 4s}
            load_assignment:
              cluster_name: a
              endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: example.org, port_value: 81}}}}]}]
            """);
        Assert.Equal(
            new DnsConfig
            {
                LookupFamily = DnsLookupFamily.V4Only,
                RefreshRate = TimeSpan.FromSeconds(2),
                Jitter = TimeSpan.FromSeconds(0.5),
                FailureBase = TimeSpan.FromSeconds(1),
                FailureMax = TimeSpan.FromSeconds(4),
            },
            config.Dns);
        Assert.Equal(("example.org", 81), (config.Endpoints[0].Endpoints[0].DnsName, config.Endpoints[0].Endpoints[0].Port));
    }

    [Fact]
    public void Thresholds_TheFirstOfAPriorityCounts()
    {
        ClusterConfig config = Good("""
            name: a
            circuit_breakers:
              thresholds:
              - {priority: HIGH, max_retries: 9}
              - {max_connections: 1, max_pending_requests: 2, max_requests: 3, track_remaining: true}
              - {max_connections: 100}
            """);
        Assert.Equal(
            new CircuitBreakerConfig { MaxConnections = 1, MaxPendingRequests = 2, MaxRequests = 3, TrackRemaining = true },
            config.DefaultLimits);
        Assert.Equal(new CircuitBreakerConfig { MaxRetries = 9 }, config.HighLimits);
    }

    [Theory]
    [InlineData("lb_policy: ROUND_ROBIN", LoadBalancingPolicyKind.RoundRobin, 2, false)]
    [InlineData("lb_policy: RANDOM", LoadBalancingPolicyKind.Random, 2, false)]
    [InlineData("{lb_policy: LEAST_REQUEST, least_request_lb_config: {choice_count: 5}}", LoadBalancingPolicyKind.LeastRequest, 5, false)]
    [InlineData("load_balancing_policy: {policies: [{typed_extension_config: {name: x, typed_config: {'@type': type.googleapis.com/envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest, selection_method: FULL_SCAN}}}]}", LoadBalancingPolicyKind.LeastRequest, 2, true)]
    [InlineData("load_balancing_policy: {policies: [{typed_extension_config: {name: x, typed_config: {'@type': type.googleapis.com/envoy.extensions.load_balancing_policies.random.v3.Random}}}]}", LoadBalancingPolicyKind.Random, 2, false)]
    public void Policy_IsTakenFromEitherForm(string yaml, LoadBalancingPolicyKind policy, int choices, bool fullScan)
    {
        ClusterConfig config = Good(yaml.StartsWith('{') ? "{name: a, " + yaml[1..] : "name: a\n" + yaml);
        Assert.Equal((policy, choices, fullScan), (config.LoadBalancing.Policy, config.LoadBalancing.ChoiceCount, config.LoadBalancing.FullScan));
    }

    [Fact]
    public void PanicThreshold_IsTaken() =>
        Assert.Equal(0, Good("{name: a, common_lb_config: {healthy_panic_threshold: {value: 0}}}").LoadBalancing.HealthyPanicThreshold);

    [Fact]
    public void TypedHttpOptions_WinOverTheOldFields()
    {
        ClusterConfig config = Good("""
            name: a
            max_requests_per_connection: 5
            common_http_protocol_options: {idle_timeout: 1s}
            typed_extension_protocol_options:
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                common_http_protocol_options: {idle_timeout: 9s, max_connection_duration: 60s, max_response_headers_kb: 90}
                explicit_http_config: {http_protocol_options: {enable_trailers: true, header_key_format: {proper_case_words: {}}}}
            """);
        Assert.Equal(TimeSpan.FromSeconds(9), config.Http.IdleTimeout);
        Assert.Equal(TimeSpan.FromSeconds(60), config.Http.MaxConnectionDuration);
        Assert.Equal(5u, config.Http.MaxRequestsPerConnection);
        Assert.True(config.Http.Http1.EnableTrailers);
        Assert.Equal(HeaderKeyFormat.ProperCase, config.Http.Http1.HeaderKeyFormat);
        Assert.Equal(90, config.Http.Http1.MaxResponseHeadersKb);
    }

    [Fact]
    public void OldHttpFields_AreTaken()
    {
        ClusterConfig config = Good("""
            name: a
            common_http_protocol_options: {idle_timeout: 0s, max_requests_per_connection: 3, max_stream_duration: 7s}
            http_protocol_options: {send_fully_qualified_url: true}
            """);
        Assert.Equal(TimeSpan.Zero, config.Http.IdleTimeout);
        Assert.Equal(3u, config.Http.MaxRequestsPerConnection);
        Assert.Equal(TimeSpan.FromSeconds(7), config.Http.MaxStreamDuration);
        Assert.True(config.Http.Http1.SendFullyQualifiedUrl);
    }

    [Fact]
    public void EndpointsOfSeveralAddresses_AreTaken()
    {
        ClusterConfig config = Good("""
            name: a
            upstream_connection_options:
              set_local_interface_name_on_upstream_connections: true
              happy_eyeballs_config: {first_address_family_version: V6, first_address_family_count: 2}
            load_assignment:
              cluster_name: a
              endpoints:
              - lb_endpoints:
                - endpoint:
                    address: {socket_address: {address: 10.0.0.1, port_value: 80}}
                    additional_addresses:
                    - address: {socket_address: {address: "::1", port_value: 81}}
                    - address: {socket_address: {address: 10.0.0.2, port_value: 82}}
                    health_check_config:
                      port_value: 99
                      hostname: check
                      address: {socket_address: {address: 10.0.0.3, port_value: 0}}
                      disable_active_health_check: true
                - endpoint: {address: {envoy_internal_address: {server_listener_name: inside, endpoint_id: "7"}}}
            """);
        EndpointConfig first = config.Endpoints[0].Endpoints[0];
        Assert.Equal(["[::1]:81", "10.0.0.2:82"], first.AdditionalAddresses.Select(static address => address.ToString()));
        Assert.Equal((99, "check", "10.0.0.3:0", true), (first.HealthCheck!.Port, first.HealthCheck.Hostname, first.HealthCheck.Address!.ToString(), first.HealthCheck.IsDisabled));
        Assert.Equal("envoy://inside/7", config.Endpoints[0].Endpoints[1].Address!.ToString());
        Assert.Null(config.Endpoints[0].Endpoints[1].HealthCheck);
        Assert.Equal(new HappyEyeballsConfig { FirstFamily = AddressKind.IPv6, FirstFamilyCount = 2 }, config.HappyEyeballs);
    }

    [Theory]
    [InlineData("extra_source_addresses: [{address: {address: '::2', port_value: 0}, socket_options: {socket_options: [{level: 1, name: 2, int_value: 4}]}}]", 4)]
    [InlineData("additional_source_addresses: [{address: '::2', port_value: 0}]", 3)]
    public void BindConfig_IsTakenWhole(string second, int option)
    {
        ClusterConfig config = Good($$"""
            name: a
            upstream_bind_config:
              source_address: {address: 127.0.0.2, port_value: 0}
              freebind: true
              socket_options: [{level: 1, name: 2, int_value: 3, state: STATE_PREBIND, ip_version: SOCKET_IP_VERSION_IPV4}, {level: 1, name: 2, int_value: 3}]
              local_address_selector:
                name: default
                typed_config: {"@type": type.googleapis.com/envoy.config.upstream.local_address_selector.v3.DefaultLocalAddressSelector}
              {{second}}
            """);
        UpstreamBindConfig bind = config.Bind!;
        Assert.True(bind.Freebind);
        Assert.Equal(["127.0.0.2:0", "[::2]:0"], bind.Sources.Select(static source => source.Address!.ToString()));
        Assert.Equal(
            [new SocketOptionConfig(1, 2, 3) { OnlyFor = AddressKind.IPv4 }, new SocketOptionConfig(1, 2, 3)], bind.Sources[0].SocketOptions);
        Assert.Equal(new SocketOptionConfig(1, 2, option), bind.Sources[1].SocketOptions[^1]);
    }

    [Theory]
    [InlineData("{name: a}", "10.0.0.1:0", true, 3)]
    [InlineData("{name: a, upstream_bind_config: {source_address: {address: 10.0.0.2, port_value: 0}}}", "10.0.0.2:0", true, 3)]
    [InlineData("{name: a, upstream_bind_config: {source_address: {address: 10.0.0.2, port_value: 0}, freebind: false, socket_options: [{level: 1, name: 2, int_value: 4}]}}", "10.0.0.2:0", false, 4)]
    public void BindConfigOfAllClusters_IsForWhatAClusterDoesNotSay(string yaml, string source, bool freebind, int option)
    {
        UpstreamBindConfig forAll = new()
        {
            Sources = [new IO.Network.ConnectSource(NetworkAddress.FromIPv4(0x0A000001, 0), [new SocketOptionConfig(1, 2, 3)])],
            Freebind = true,
        };
        ConfigErrors errors = new();
        LoadedMessage<Wire.Cluster> loaded = ConfigText.Load<Wire.Cluster>(yaml, errors)!;
        UpstreamBindConfig bind = ClusterConverter.Convert(loaded.Message, loaded.Root(errors), forAll)!.Bind!;
        Assert.False(errors.Any);
        Assert.Equal((source, freebind), (bind.Sources[0].Address!.ToString(), bind.Freebind));
        Assert.Equal([new SocketOptionConfig(1, 2, option)], bind.Sources[0].SocketOptions);
    }

    [Fact]
    public void SocketOptionsWithoutASourceAddress_AreTaken()
    {
        UpstreamBindConfig bind = Good("{name: a, upstream_bind_config: {socket_options: [{level: 1, name: 2, int_value: 3}]}}").Bind!;
        Assert.Null(Assert.Single(bind.Sources).Address);
        Assert.Single(bind.Sources[0].SocketOptions);
    }

    [Fact]
    public void SystemResolver_IsTheOneThereIs() => Good("""
        name: a
        typed_dns_resolver_config:
          name: envoy.network.dns_resolver.getaddrinfo
          typed_config: {"@type": type.googleapis.com/envoy.extensions.network.dns_resolver.getaddrinfo.v3.GetAddrInfoDnsResolverConfig}
        """);

    [Fact]
    public void SameConfigurationTwice_IsEqual()
    {
        const string Yaml = """
            name: a
            metadata: {filter_metadata: {x: {b: 1, a: [true, null, {c: d}]}}}
            upstream_bind_config: {source_address: {address: 127.0.0.2, port_value: 0}, socket_options: [{level: 1, name: 2, int_value: 3}]}
            load_assignment:
              cluster_name: a
              endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 10.0.0.1, port_value: 81}}, additional_addresses: [{address: {socket_address: {address: 10.0.0.2, port_value: 80}}}], health_check_config: {port_value: 7}}}]}]
            """;
        Assert.Equal(Good(Yaml), Good(Yaml));
        Assert.NotEqual(Good(Yaml), Good(Yaml.Replace("81", "82", StringComparison.Ordinal)));
        Assert.NotEqual(Good(Yaml), Good(Yaml.Replace("b: 1", "b: 2", StringComparison.Ordinal)));
        Assert.NotEqual(Good(Yaml), Good(Yaml.Replace("int_value: 3", "int_value: 4", StringComparison.Ordinal)));
        Assert.Equal(Good(Yaml) with { Source = null }, Good(Yaml) with { Source = null });
        Assert.NotEqual(Good(Yaml) with { Source = null }, Good(Yaml.Replace("int_value: 3", "int_value: 4", StringComparison.Ordinal)) with { Source = null });
    }

    [Theory]
    [InlineData("{name: a, type: EDS}", "type: EDS is not supported by this version; expected STATIC, STRICT_DNS or LOGICAL_DNS")]
    [InlineData("{name: a, type: ORIGINAL_DST}", "type: ORIGINAL_DST is not supported by this version; expected STATIC, STRICT_DNS or LOGICAL_DNS")]
    [InlineData("{name: a, lb_policy: RING_HASH}", "lb_policy: RING_HASH is not supported by this version; expected ROUND_ROBIN, LEAST_REQUEST or RANDOM")]
    [InlineData("{name: a, lb_policy: LOAD_BALANCING_POLICY_CONFIG}", "lb_policy: LOAD_BALANCING_POLICY_CONFIG needs load_balancing_policy, which is not set")]
    [InlineData("{name: a, transport_socket: {name: envoy.transport_sockets.tls}}", "transport_socket: \"envoy.transport_sockets.tls\" is not supported by this version; expected envoy.transport_sockets.raw_buffer or none")]
    [InlineData("{name: a, upstream_bind_config: {source_address: {address: host, port_value: 0}}}", "upstream_bind_config.source_address.address: found \"host\", expected an IPv4 or IPv6 address such as 127.0.0.1 or ::1")]
    [InlineData("{name: a, upstream_bind_config: {extra_source_addresses: [{address: {address: 1.1.1.1, port_value: 0}}]}}", "upstream_bind_config.extra_source_addresses: found without source_address; expected that too")]
    [InlineData("{name: a, upstream_bind_config: {source_address: {address: 1.1.1.2, port_value: 0}, extra_source_addresses: [{address: {address: 1.1.1.1, port_value: 0}}]}}", "upstream_bind_config.extra_source_addresses: found 1.1.1.1, of the same family as source_address; expected one IPv4 and one IPv6 address")]
    [InlineData("{name: a, upstream_bind_config: {source_address: {address: 1.1.1.2, port_value: 0}, additional_source_addresses: [{address: '::1', port_value: 0}, {address: '::2', port_value: 0}]}}", "upstream_bind_config.additional_source_addresses: found 2 addresses, expected at most one")]
    [InlineData("{name: a, upstream_bind_config: {source_address: {address: 1.1.1.2, port_value: 0}, additional_source_addresses: [{address: '::1', port_value: 0}], extra_source_addresses: [{address: {address: '::1', port_value: 0}}]}}", "upstream_bind_config.extra_source_addresses: found together with additional_source_addresses, its old form; expected one of the two")]
    [InlineData("{name: a, upstream_bind_config: {local_address_selector: {name: x, typed_config: {'@type': type.googleapis.com/envoy.extensions.network.dns_resolver.getaddrinfo.v3.GetAddrInfoDnsResolverConfig}}}}", "upstream_bind_config.local_address_selector.typed_config: envoy.extensions.network.dns_resolver.getaddrinfo.v3.GetAddrInfoDnsResolverConfig is not supported by this version; expected envoy.config.upstream.local_address_selector.v3.DefaultLocalAddressSelector")]
    [InlineData("{name: a, typed_dns_resolver_config: {name: x, typed_config: {'@type': type.googleapis.com/envoy.config.upstream.local_address_selector.v3.DefaultLocalAddressSelector}}}", "typed_dns_resolver_config.typed_config: envoy.config.upstream.local_address_selector.v3.DefaultLocalAddressSelector is not supported by this version; expected envoy.extensions.network.dns_resolver.getaddrinfo.v3.GetAddrInfoDnsResolverConfig")]
    [InlineData(
        "{name: a, load_assignment: {cluster_name: a, endpoints: [{lb_endpoints: [{endpoint: {address: {pipe: {path: /a}}, additional_addresses: [{address: {pipe: {path: /b}}}]}}]}]}}",
        "load_assignment.endpoints[0].lb_endpoints[0].endpoint.additional_addresses: goes with an IP address in a STATIC cluster only; names resolve to all their addresses by themselves")]
    [InlineData(
        "{name: a, load_assignment: {cluster_name: a, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 1.1.1.1, port_value: 1}}, additional_addresses: [{address: {pipe: {path: /b}}}]}}]}]}}",
        "load_assignment.endpoints[0].lb_endpoints[0].endpoint.additional_addresses[0].address: expected socket_address with an IP address")]
    [InlineData(
        "{name: a, load_assignment: {cluster_name: a, endpoints: [{lb_endpoints: [{endpoint: {address: {envoy_internal_address: {server_listener_name: ''}}}}]}]}}",
        "load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.envoy_internal_address.server_listener_name: is empty; expected a listener's name")]
    [InlineData("{name: a, type: LOGICAL_DNS}", "load_assignment: LOGICAL_DNS clusters must have a single locality_lb_endpoint and a single lb_endpoint")]
    [InlineData("{name: a, per_connection_buffer_limit_bytes: 4000000000}", "per_connection_buffer_limit_bytes: found 4000000000, expected at most 2147483647")]
    [InlineData(
        "{name: a, load_assignment: {cluster_name: a, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: localhost, port_value: 1}}}}]}]}}",
        "load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address.address: found \"localhost\", expected an IPv4 or IPv6 address; a name needs the cluster's type to be STRICT_DNS or LOGICAL_DNS")]
    [InlineData(
        "{name: a, load_assignment: {cluster_name: a, endpoints: [{lb_endpoints: [{}]}]}}",
        "load_assignment.endpoints[0].lb_endpoints[0].endpoint.address: is missing; expected the host's address")]
    [InlineData(
        "{name: a, type: STRICT_DNS, load_assignment: {cluster_name: a, endpoints: [{lb_endpoints: [{endpoint: {address: {pipe: {path: /a}}}}]}]}}",
        "load_assignment.endpoints[0].lb_endpoints[0].endpoint.address: a DNS cluster's host has a name; expected socket_address")]
    [InlineData(
        "{name: a, load_assignment: {cluster_name: a, endpoints: [{lb_endpoints: [{load_balancing_weight: 4294967295, endpoint: {address: {pipe: {path: /a}}}}, {endpoint: {address: {pipe: {path: /b}}}}]}]}}",
        "load_assignment.endpoints[0].lb_endpoints: the weights sum to 4294967296, expected at most 4294967295")]
    [InlineData(
        "{name: a, upstream_bind_config: {source_address: {address: eth0, port_value: 0}}}",
        "upstream_bind_config.source_address.address: found \"eth0\", expected an IPv4 or IPv6 address such as 127.0.0.1 or ::1")]
    [InlineData("{name: a, dns_failure_refresh_rate: {base_interval: 5s, max_interval: 1s}}", "dns_failure_refresh_rate.max_interval: must be at least base_interval")]
    [InlineData(
        "{name: a, typed_extension_protocol_options: {x: {'@type': type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer, max_request_bytes: 1}}}",
        "typed_extension_protocol_options[\"x\"]: envoy.extensions.filters.http.buffer.v3.Buffer is not supported by this version; expected envoy.extensions.upstreams.http.v3.HttpProtocolOptions")]
    public void WhatIsWrong_IsSaidAtItsPlace(string yaml, string expected)
    {
        Assert.Null(Convert(yaml, out ConfigErrors errors));
        ConfigError error = Assert.Single(errors.Items);
        Assert.Equal(expected, $"{error.Path}: {error.Message}");
    }

    [Fact]
    public void SeveralErrors_AreAllCollected()
    {
        Assert.Null(Convert("{name: a, type: EDS, lb_policy: MAGLEV, transport_socket: {name: tls}}", out ConfigErrors errors));
        Assert.Equal(3, errors.Count);
    }

    [Fact]
    public void DuplicateNames_AreRefused()
    {
        ConfigErrors errors = new();
        ConfigScope scope = new(errors, new SourceMap("test", []), "static_resources.clusters");
        ClusterConverter.ConvertAll([new Wire.Cluster { Name = "a" }, new Wire.Cluster { Name = "b" }, new Wire.Cluster { Name = "a" }], scope);
        ConfigError error = Assert.Single(errors.Items);
        Assert.Equal("static_resources.clusters[2].name", error.Path);
        Assert.Equal("duplicate cluster \"a\"; the first is clusters[0]", error.Message);
    }

    private static ClusterConfig Good(string yaml)
    {
        ClusterConfig? config = Convert(yaml, out ConfigErrors errors);
        Assert.Empty(errors.Items);
        return config!;
    }

    private static ClusterConfig? Convert(string yaml, out ConfigErrors errors)
    {
        errors = new ConfigErrors();
        LoadedMessage<Wire.Cluster>? loaded = ConfigLoader.LoadMessage<Wire.Cluster>(yaml, ConfigFormat.Yaml, "test.yaml", new LoadOptions(), errors);
        Assert.Empty(errors.Items);
        return ClusterConverter.Convert(loaded!.Message, new ConfigScope(errors, new SourceMap("test.yaml", [])));
    }
}
