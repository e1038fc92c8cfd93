using Nuncio.Core.NetworkFilters;
using Nuncio.Extensions.NetworkFilters.Rbac;
using Wire = Envoy.Extensions.Filters.Network.Rbac.V3.RBAC;

namespace Nuncio.Extensions.Tests.NetworkFilters.Rbac;

public sealed class RbacFactoryTests
{
    [Fact]
    public void Defaults_AreEnvoys()
    {
        (NetworkFilterProvider? provider, string[] errors) = FilterConfiguration.Load<Wire>(new RbacFactory(), "{ stat_prefix: x }");
        Assert.Empty(errors);
        RbacConfig config = Assert.IsType<RbacProvider>(provider).Config;
        Assert.Null(config.Rules);
        Assert.Null(config.ShadowRules);
        Assert.False(config.IsContinuous);
        Assert.Equal(0, config.DelayNanos);
    }

    [Theory]
    [InlineData("permissions: [{ header: { name: a, present_match: true } }], principals: [{ any: true }]", "permissions[0].header: a connection has no headers")]
    [InlineData("permissions: [{ any: true }], principals: [{ not_id: { header: { name: a, present_match: true } } }]", "principals[0].not_id.header: a connection has no headers")]
    [InlineData("permissions: [{ any: true }], principals: [{ and_ids: { ids: [{ header: { name: a } }] } }]", "and_ids.ids[0].header: a connection")]
    [InlineData("permissions: [{ any: false }], principals: [{ any: true }]", "permissions[0].any")]
    [InlineData("permissions: [], principals: [{ any: true }]", "permissions")]
    [InlineData("permissions: [{ any: true }], principals: []", "principals")]
    [InlineData("permissions: [{}], principals: [{ any: true }]", "permissions[0]")]
    [InlineData("permissions: [{ destination_port: 65536 }], principals: [{ any: true }]", "destination_port")]
    [InlineData("permissions: [{ destination_port_range: { start: 5, end: 5 } }], principals: [{ any: true }]", "found start 5 and end 5, expected 0 <= start < end <= 65536")]
    [InlineData("permissions: [{ destination_ip: { address_prefix: nowhere } }], principals: [{ any: true }]", "found \"nowhere\", expected an IPv4 or IPv6 address")]
    [InlineData("permissions: [{ matcher: { name: m, typed_config: { \"@type\": type.googleapis.com/google.protobuf.Empty } } }], principals: [{ any: true }]", "extension \"m\" is not supported by this version")]
    [InlineData("permissions: [{ any: true }], principals: [{ custom: { name: c, typed_config: { \"@type\": type.googleapis.com/google.protobuf.Empty } } }]", "extension \"c\" is not supported by this version")]
    [InlineData("permissions: [{ any: true }], principals: [{ any: true }], condition: {}", "condition")]
    [InlineData("permissions: [{ any: true }], principals: [{ metadata: { filter: f, path: [{ key: k }], value: { or_match: { value_matchers: [{ bool_match: true }] } } } }]", "value_matchers")]
    public void WrongPolicy_IsRefusedAtItsPlace(string policy, string expected)
    {
        (NetworkFilterProvider? provider, string[] errors) =
            FilterConfiguration.Load<Wire>(new RbacFactory(), $$"""{ stat_prefix: x, rules: { policies: { p: { {{policy}} } } } }""");
        Assert.Null(provider);
        Assert.Contains(errors, error => error.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{ stat_prefix: x, rules: { audit_logging_options: {} } }", "audit_logging_options")]
    [InlineData("{ stat_prefix: x, rules: { action: MAYBE } }", "action")]
    [InlineData("{ rules: {} }", "stat_prefix")]
    [InlineData("{ stat_prefix: x, delay_deny: -1s }", "delay_deny")]
    [InlineData("{ stat_prefix: x, matcher: { on_no_match: { action: { name: a, typed_config: { \"@type\": type.googleapis.com/google.protobuf.Empty } } } } }", "no envoy.config.rbac.v3.Action")]
    [InlineData("{ stat_prefix: x, matcher: { on_no_match: { action: { name: a, typed_config: { \"@type\": type.googleapis.com/envoy.config.rbac.v3.Action } } } } }", "name")]
    [InlineData("{ stat_prefix: x, shadow_matcher: { matcher_tree: { input: { name: i, typed_config: { \"@type\": type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.TransportProtocolInput } }, exact_match_map: { map: { tls: { action: { name: a, typed_config: { \"@type\": type.googleapis.com/envoy.config.rbac.v3.Action, name: b } } } } } } } }", "nothing that can be asked of a connection by the network filter rbac")]
    public void WrongFilter_IsRefused(string yaml, string expected)
    {
        (NetworkFilterProvider? provider, string[] errors) = FilterConfiguration.Load<Wire>(new RbacFactory(), yaml);
        Assert.Null(provider);
        Assert.Contains(errors, error => error.Contains(expected, StringComparison.Ordinal));
    }
}
