using Nuncio.Extensions.Tests.Component;
using Nuncio.Extensions.Tests.NetworkFilters;

namespace Nuncio.Extensions.Tests.ListenerFilters.SetFilterState;

/// <summary>Values for the filter state of accepted sockets, in a whole proxy.</summary>
public sealed class ListenerSetFilterStateFilterTests
{
    [Fact]
    public void Value_IsSeenByNetworkFilters()
    {
        using ProxyFixture proxy = Layer4Proxy.Start(
            """
            - name: rbac
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC
                stat_prefix: x
                rules: { policies: { p: { permissions: [{ any: true }], principals: [{ filter_state: { key: who, string_match: { exact: 192.0.2.7 } } }] } } }

            """,
            """
            - name: set
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.listener.set_filter_state.v3.Config
                on_accept:
                - object_key: who
                  factory_key: envoy.string
                  format_string: { text_format_source: { inline_string: "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%" } }
            """);
        Assert.Equal("a", proxy.Exchange(proxy.Connect("192.0.2.7"), "a"));
        Assert.Equal("", proxy.Exchange(proxy.Connect("192.0.2.8"), "a"));
    }
}
