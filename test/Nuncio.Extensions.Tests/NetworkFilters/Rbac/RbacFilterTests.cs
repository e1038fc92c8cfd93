using Nuncio.Extensions.Tests.Component;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.NetworkFilters.Rbac;

/// <summary>The RBAC filter, in a whole proxy.</summary>
public sealed class RbacFilterTests
{
    [Theory]
    [InlineData("any: true", "any: true", true)]
    [InlineData("destination_ip: { address_prefix: 10.0.0.0, prefix_len: 24 }", "any: true", true)]
    [InlineData("destination_ip: { address_prefix: 10.0.1.0, prefix_len: 24 }", "any: true", false)]
    [InlineData("destination_ip: { address_prefix: \"::\" }", "any: true", false)]
    [InlineData("destination_port: 10000", "any: true", true)]
    [InlineData("destination_port: 10001", "any: true", false)]
    [InlineData("destination_port_range: { start: 9999, end: 10001 }", "any: true", true)]
    [InlineData("destination_port_range: { start: 9999, end: 10000 }", "any: true", false)]
    [InlineData("not_rule: { destination_port: 10001 }", "any: true", true)]
    [InlineData("and_rules: { rules: [{ any: true }, { destination_port: 10001 }] }", "any: true", false)]
    [InlineData("or_rules: { rules: [{ destination_port: 10001 }, { any: true }] }", "any: true", true)]
    [InlineData("requested_server_name: { exact: \"\" }", "any: true", true)]
    [InlineData("requested_server_name: { suffix: example.com }", "any: true", false)]
    [InlineData("url_path: { path: { prefix: / } }", "any: true", false)]
    [InlineData("metadata: { filter: ns, path: [{ key: k }], value: { present_match: true } }", "any: true", false)]
    [InlineData("metadata: { filter: ns, path: [{ key: k }], value: { present_match: true }, invert: true }", "any: true", true)]
    [InlineData("sourced_metadata: { metadata_matcher: { filter: ns, path: [{ key: k }], value: { present_match: true }, invert: true }, metadata_source: ROUTE }", "any: true", false)]
    [InlineData("any: true", "direct_remote_ip: { address_prefix: 192.0.2.0, prefix_len: 24 }", true)]
    [InlineData("any: true", "direct_remote_ip: { address_prefix: 192.0.3.0, prefix_len: 24 }", false)]
    [InlineData("any: true", "remote_ip: { address_prefix: 192.0.2.7, prefix_len: 32 }", true)]
    [InlineData("any: true", "remote_ip: { address_prefix: 192.0.2.8, prefix_len: 32 }", false)]
    [InlineData("any: true", "source_ip: { address_prefix: 192.0.2.7, prefix_len: 32 }", true)]
    [InlineData("any: true", "authenticated: {}", false)]
    [InlineData("any: true", "not_id: { authenticated: { principal_name: { exact: a } } }", true)]
    [InlineData("any: true", "and_ids: { ids: [{ any: true }, { not_id: { any: true } }] }", false)]
    [InlineData("any: true", "or_ids: { ids: [{ remote_ip: { address_prefix: 1.2.3.4, prefix_len: 32 } }, { remote_ip: { address_prefix: 192.0.2.0, prefix_len: 24 } }] }", true)]
    [InlineData("any: true", "filter_state: { key: k, string_match: { exact: a } }", false)]
    public void Rule_MatchesWhatItSays(string permission, string principal, bool passes)
    {
        using ProxyFixture proxy = Layer4Proxy.Start(Filter($$"""
            rules: { policies: { p: { permissions: [{ {{permission}} }], principals: [{ {{principal}} }] } } }
            """));
        SimulatedPeer client = proxy.Connect();
        Assert.Equal(passes ? "hello" : "", proxy.Exchange(client, "hello"));
        Assert.Equal(!passes, client.IsEnded);
        Assert.Equal(passes ? 1 : 0, proxy.Counter("x.rbac.allowed"));
        Assert.Equal(passes ? 0 : 1, proxy.Counter("x.rbac.denied"));
    }

    [Fact]
    public void ManyAddresses_AreAllLookedUp()
    {
        string ids = string.Join(", ", Enumerable.Range(0, 200).Select(i => $"{{ remote_ip: {{ address_prefix: 192.0.{i}.0, prefix_len: 24 }} }}"));
        using ProxyFixture proxy = Layer4Proxy.Start(Filter($"rules: {{ policies: {{ p: {{ permissions: [{{ any: true }}], principals: [{ids}] }} }} }}"));
        Assert.Equal("a", proxy.Exchange(proxy.Connect("192.0.2.7"), "a"));
        Assert.Equal("a", proxy.Exchange(proxy.Connect("192.0.199.255"), "a"));
        Assert.Equal("", proxy.Exchange(proxy.Connect("192.0.200.1"), "a"));
    }

    [Fact]
    public void DeniedConnection_SaysWhyInTheLogs()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(
            Filter("rules: { action: DENY, policies: { \"no entry\": { permissions: [{ any: true }], principals: [{ any: true }] } } }"), last: Layer4Proxy.TcpProxy);
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "a");
        Assert.True(client.IsEnded);
        Assert.Equal("", server.Accept().ReadText());
        Assert.Equal("- rbac_access_denied_matched_policy[no_entry]\n", proxy.Log("/log"));
        Assert.Equal("- rbac_access_denied_matched_policy[no_entry]\n", proxy.Log("/tcp"));
    }

    [Fact]
    public void NoPolicyMatches_TheLogSaysNone()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(Filter("rules: {}"));
        proxy.Exchange(proxy.Connect(), "a");
        Assert.Equal("- rbac_access_denied_matched_policy[none]\n", proxy.Log("/log"));
    }

    [Fact]
    public void NoRules_LetEverythingThroughAndCountNothing()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(Filter(""));
        Assert.Equal("a", proxy.Exchange(proxy.Connect(), "a"));
        Assert.Equal(0, proxy.Counter("x.rbac.allowed"));
    }

    [Fact]
    public void Decision_ComesWithTheFirstBytes()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(Filter("rules: {}"));
        SimulatedPeer client = proxy.Connect();
        proxy.Run();
        Assert.False(client.IsEnded);
        proxy.Exchange(client, "a");
        Assert.True(client.IsEnded);
    }

    [Fact]
    public void OneTime_IsAskedOnce()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(Filter("rules: { action: DENY }"));
        SimulatedPeer client = proxy.Connect();
        Assert.Equal("a", proxy.Exchange(client, "a"));
        Assert.Equal("b", proxy.Exchange(client, "b"));
        Assert.Equal(1, proxy.Counter("x.rbac.allowed"));
    }

    [Fact]
    public void Continuous_IsAskedWheneverBytesArrive()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(Filter("rules: { action: DENY }\nshadow_rules: {}\nenforcement_type: CONTINUOUS"));
        SimulatedPeer client = proxy.Connect();
        Assert.Equal("a", proxy.Exchange(client, "a"));
        Assert.Equal("b", proxy.Exchange(client, "b"));
        Assert.Equal(2, proxy.Counter("x.rbac.allowed"));
        Assert.Equal(2, proxy.Counter("x.rbac.shadow_denied"));
    }

    [Fact]
    public void ShadowRules_AreCountedAndNotedButNotEnforced()
    {
        // The second filter sees what the first one's shadow rules have left.
        using ProxyFixture proxy = Layer4Proxy.Start(
            Filter("shadow_rules: { action: DENY, policies: { p1: { permissions: [{ any: true }], principals: [{ any: true }] } } }\nshadow_rules_stat_prefix: pre_") +
            Filter(
                """
                rules:
                  policies:
                    p:
                      permissions:
                      - and_rules:
                          rules:
                          - metadata: { filter: envoy.filters.network.rbac, path: [{ key: pre_shadow_engine_result }], value: { string_match: { exact: denied } } }
                          - metadata: { filter: envoy.filters.network.rbac, path: [{ key: pre_shadow_effective_policy_id }], value: { string_match: { exact: p1 } } }
                      principals: [{ any: true }]
                """,
                "z"));
        Assert.Equal("a", proxy.Exchange(proxy.Connect(), "a"));
        Assert.Equal(1, proxy.Counter("x.rbac.pre_.shadow_denied"));
        Assert.Equal(0, proxy.Counter("x.rbac.denied"));
        Assert.Equal(1, proxy.Counter("z.rbac.allowed"));
    }

    [Fact]
    public void LogAction_LetsThroughAndLeavesAHint()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(
            Filter("rules: { action: LOG, policies: { p: { permissions: [{ any: true }], principals: [{ any: true }] } } }") +
            Filter("rules: { policies: { p: { permissions: [{ metadata: { filter: envoy.common, path: [{ key: access_log_hint }], value: { bool_match: true } } }], principals: [{ any: true }] } } }", "z"));
        Assert.Equal("a", proxy.Exchange(proxy.Connect(), "a"));
        Assert.Equal(1, proxy.Counter("z.rbac.allowed"));
    }

    [Fact]
    public void DelayDeny_HoldsTheConnectionWithoutReading()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(Filter("rules: {}\ndelay_deny: 2s"));
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "a");
        proxy.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(client.IsEnded);
        Assert.Equal("", proxy.Exchange(client, "more"));
        Assert.Equal(1, proxy.Counter("x.rbac.denied"));
        proxy.Advance(TimeSpan.FromSeconds(0.2));
        Assert.True(client.IsEnded || client.IsReset);
        Assert.Equal(0, proxy.Gauge("listener.10.0.0.1_10000.downstream_cx_active"));
    }

    [Fact]
    public void ClientLeavesDuringTheDelay_NothingIsLeft()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(Filter("rules: {}\ndelay_deny: 3600s"), last: Layer4Proxy.TcpProxy);
        proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Exchange(client, "a");
        client.Reset();
        proxy.Run();
        Assert.Equal(0, proxy.Gauge("listener.10.0.0.1_10000.downstream_cx_active"));
    }

    [Theory]
    [InlineData("192.0.2.7", "a", "- -")]
    [InlineData("192.0.2.8", "", "- rbac_access_denied_matched_policy[bad_one]")]
    [InlineData("192.0.2.9", "", "- rbac_access_denied_matched_policy[none]")]
    public void Matcher_DecidesInPlaceOfRules(string client, string answer, string log)
    {
        using ProxyFixture proxy = Layer4Proxy.Start(Filter("rules: { action: DENY, policies: { all: { permissions: [{ any: true }], principals: [{ any: true }] } } }\nmatcher:\n" + Matcher));
        SimulatedPeer peer = proxy.Connect(client);
        Assert.Equal(answer, proxy.Exchange(peer, "a"));
        peer.Close();
        Assert.Equal(log + "\n", proxy.Log("/log"));
    }

    [Fact]
    public void ShadowMatcher_IsOnlyCounted()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(Filter("shadow_matcher:\n" + Matcher));
        Assert.Equal("a", proxy.Exchange(proxy.Connect("192.0.2.8"), "a"));
        Assert.Equal(1, proxy.Counter("x.rbac.shadow_denied"));
        Assert.Equal("a", proxy.Exchange(proxy.Connect("192.0.2.7"), "a"));
        Assert.Equal(1, proxy.Counter("x.rbac.shadow_allowed"));
    }

    private const string Matcher = """
          matcher_tree:
            input:
              name: source
              typed_config: { "@type": type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.SourceIPInput }
            exact_match_map:
              map:
                192.0.2.7: { action: { name: a, typed_config: { "@type": type.googleapis.com/envoy.config.rbac.v3.Action, name: good, action: ALLOW } } }
                192.0.2.8: { action: { name: a, typed_config: { "@type": type.googleapis.com/envoy.config.rbac.v3.Action, name: bad one, action: DENY } } }
        """;

    private static string Filter(string config, string statPrefix = "x") => $$"""
        - name: rbac
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC
            stat_prefix: {{statPrefix}}
        {{ProxyFixture.Indent(config, 4)}}

        """;
}
