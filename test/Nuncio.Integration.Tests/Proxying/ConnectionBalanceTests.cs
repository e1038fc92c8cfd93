using Nuncio.Integration.Tests.Server;

namespace Nuncio.Integration.Tests.Proxying;

/// <summary>Connections on real worker threads, spread exactly.</summary>
public sealed class ConnectionBalanceTests
{
    private const int Rounds = 50;

    [Fact]
    public void TwoLongConnections_TwoWorkers_AlwaysOneEach()
    {
        using TestServer server = TestServer.Start("""
            static_resources:
              listeners:
              - name: echo
                stat_prefix: echo
                address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                connection_balance_config: { exact_balance: {} }
                filter_chains: [{ filters: [{ name: echo, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo } }] }]
            """);
        for (int i = 0; i < Rounds; i++)
        {
            using (RawClient first = server.Connect("echo"))
            using (RawClient second = server.Connect("echo"))
            {
                // Both connect before either says a word.
                first.Send("a");
                second.Send("b");
                Assert.Equal("a", first.Read(1));
                Assert.Equal("b", second.Read(1));
                Assert.Equal((1, 1), (Active(server, 0), Active(server, 1)));
            }

            Assert.True(SpinWait.SpinUntil(() => Active(server, 0) + Active(server, 1) == 0, TestServer.Patience));
        }
    }

    private static long Active(TestServer server, int worker) => server.Instance.Stats.GaugeValue($"listener.echo.worker_{worker}.downstream_cx_active");
}
