using System.Diagnostics;
using System.Globalization;
using System.Text;
using Nuncio.Config.Errors;
using Nuncio.Config.Listeners;
using Nuncio.Config.Loading;
using Nuncio.Core.Listeners;
using Nuncio.Integration.Tests.Server;
using Nuncio.Server.CommandLine;

namespace Nuncio.Integration.Tests.Listeners;

/// <summary>One listener of a thousand changes, on real sockets and two workers.</summary>
public sealed class ThousandListenersTests(ITestOutputHelper output)
{
    private const int Count = 1000;
    private const int Times = 30;

    [Theory]
    [InlineData("")]
    [InlineData("per_connection_buffer_limit_bytes: ")]
    public void OneChanges_InLessThanTenMilliseconds_AndNoOtherMoves(string setting)
    {
        var yaml = new StringBuilder(Configs.Admin() + "static_resources:\n  listeners:\n");
        for (int i = 0; i < Count; i++)
        {
            yaml.Append("  - ").Append(Listener(i, "text", "")).Append('\n');
        }

        using TestServer server = TestServer.Start(yaml.ToString(), new ServerOptions { Concurrency = 2 });
        using RawClient neighbour = server.Connect("l501");
        Assert.Equal("text", neighbour.Get("/").Body);
        string before = CountersOfOthers(server);
        Assert.Contains("listener.l501.downstream_cx_total: 1", before, StringComparison.Ordinal);
        var times = new List<double>();
        for (int i = 0; i < Times; i++)
        {
            string text = "t" + i.ToString(CultureInfo.InvariantCulture);
            times.Add(Change(server, Listener(500, text, setting.Length == 0 ? "" : $"{setting}{1000 + i},")));
            Assert.Equal(text, server.Get("l500", "/").Body);
        }

        times.Sort();
        output.WriteLine($"median {times[Times / 2]:F2} ms, fastest {times[0]:F2} ms, slowest {times[^1]:F2} ms");
        Assert.True(times[0] < 10, $"the fastest of {Times} changes took {times[0]} ms");
        Assert.Equal(before, CountersOfOthers(server));
        Assert.Equal("text", neighbour.Get("/").Body);
        Assert.Equal(Count, server.Instance.Stats.GaugeValue("listener_manager.total_listeners_active"));
        Assert.Equal(setting.Length == 0 ? Times : 0, server.Instance.Stats.CounterValue("listener_manager.listener_in_place_updated"));
    }

    /// <summary>Milliseconds from AddOrUpdate until all workers serve it.</summary>
    private static double Change(TestServer server, string yaml)
    {
        var errors = new ConfigErrors();
        LoadedBootstrap source = ConfigLoader.LoadBootstrap(path: null, "static_resources: { listeners: [" + yaml + "] }", LoadOptions.Default, errors)!;
        ListenerConfig config = ListenerConverter.Convert(
            source.Message.StaticResources.Listeners[0], server.Instance.Context, source.Root(errors))!;
        Assert.False(errors.Any);
        using var done = new ManualResetEventSlim();
        double milliseconds = 0;
        server.Instance.MainDispatcher.Post(() =>
        {
            long began = Stopwatch.GetTimestamp();
            ListenerUpdate update = server.Instance.Listeners.Prepare([config], []);
            server.Instance.Listeners.Commit(update, () =>
            {
                milliseconds = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                done.Set();
            });
        });
        Assert.True(done.Wait(TestServer.Patience));
        return milliseconds;
    }

    private static string CountersOfOthers(TestServer server) => string.Join(
        '\n', server.Admin("/stats?filter=^listener\\.l[0-9]%2B\\.(downstream_cx_(total|active|destroy)|no_filter)").Body.Split('\n')
            .Where(static line => !line.StartsWith("listener.l500.", StringComparison.Ordinal)));

    private static string Listener(int number, string text, string more) =>
        $$"""
        { name: l{{number}}, stat_prefix: l{{number}}, {{more}} address: { socket_address: { address: 127.0.0.1, port_value: 0 } }, filter_chains: [{ filters: [{ name: hcm, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager, stat_prefix: l, route_config: { virtual_hosts: [{ name: all, domains: ["*"], routes: [{ match: { prefix: / }, direct_response: { status: 200, body: { inline_string: {{text}} } } }] }] }, http_filters: [{ name: router, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router } }] } }] }] }
        """;
}
