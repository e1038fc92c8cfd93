using Nuncio.Core.Extensibility;
using Nuncio.Core.Logging;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>What the loggers of Envoy's names say of a request's life.</summary>
public sealed class DebugLogTests
{
    private readonly List<string> _lines = [];

    [Fact]
    public void RequestWithoutRoute_IsTold()
    {
        using ProxyFixture proxy = Start("""
            - match: { prefix: /api }
              route: { cluster: up }
            """);
        SimulatedPeer client = proxy.Connect();

        proxy.Exchange(client, "GET /elsewhere HTTP/1.1\r\nhost: a.example\r\n\r\n");
        client.Close();
        proxy.Run();

        Assert.Matches(@"^connection 2000 \[C\d+\] new connection from \S+ to 10\.0\.0\.1:10000$", _lines[0]);
        Assert.Matches(@"^router 2003 \[C\d+\] no route for a\.example/elsewhere$", _lines[1]);
        Assert.Matches(@"^connection 2001 \[C\d+\] closed by the client after 1 requests$", _lines[2]);
    }

    [Fact]
    public void UpstreamThatRefuses_IsTold()
    {
        using ProxyFixture proxy = Start("""
            - match: { prefix: / }
              route: { cluster: up }
            """);

        proxy.Exchange(proxy.Connect(), "GET /a HTTP/1.1\r\nhost: a\r\n\r\n");

        Assert.Contains(_lines, static l => l.StartsWith("router 2005 ", StringComparison.Ordinal) && l.EndsWith("cluster 'up' for /a", StringComparison.Ordinal));
        Assert.Contains("pool 2007 connecting to 10.0.0.2:8080 of cluster 'up'", _lines);
        Assert.Contains(_lines, static l => l.StartsWith("pool 2008 cannot connect to 10.0.0.2:8080 of cluster 'up': RemoteConnectionFailure", StringComparison.Ordinal));
        Assert.Contains(_lines, static l => l.StartsWith("router 2006 ", StringComparison.Ordinal));
    }

    [Fact]
    public void Garbage_IsTold()
    {
        using ProxyFixture proxy = Start("- { match: { prefix: / }, route: { cluster: up } }");

        proxy.Exchange(proxy.Connect(), "not http at all\r\n\r\n");

        Assert.Contains(_lines, static l => l.StartsWith("http 2002 ", StringComparison.Ordinal));
    }

    private ProxyFixture Start(string routes)
    {
        var logs = new CoreLogs();
        foreach (ComponentLog log in logs.All)
        {
            log.Switch((happened, text) => _lines.Add($"{log.Name} {happened.Id} {text}"));
        }

        ProxyFixture proxy = ProxyFixture.Http(routes: routes);
        foreach (WorkerContext worker in proxy.Workers)
        {
            worker.Logs = logs;
        }

        return proxy;
    }
}
