using Nuncio.Peers.Tests.Support;

namespace Nuncio.Peers.Tests.Examples;

/// <summary>The examples run as they stand in the tree, but for their ports, which are the test's.</summary>
public sealed class ExampleTests
{
    [Fact]
    public void HttpProxy_ServesWhatItsReadmeSays()
    {
        using ReflectingServer server = new();
        using NuncioProcess proxy = new(Example("http-proxy", server.Address));
        Assert.Equal("hi", CurlClient.Run("--data", "hi", proxy.Url("/", "http")).Good().Text);
        Assert.Equal("ok\n", CurlClient.Run(proxy.Url("/healthz", "http")).Good().Text);
    }

    [Fact]
    public void TcpProxy_ServesWhatItsReadmeSays()
    {
        using ReflectingServer server = new();
        using NuncioProcess proxy = new(Example("tcp-proxy", server.Address));
        Assert.Equal("hi", CurlClient.Run("--data", "hi", proxy.Url("/", "tcp")).Good().Text);
        Assert.Equal(1, proxy.Stat("tcp.service.downstream_cx_total"));
    }

    [Fact]
    public void SniRouting_ServesWhatItsReadmeSays()
    {
        using TlsServer shop = new("www.shop.example");
        using TlsServer blog = new("blog.example");
        using NuncioProcess proxy = new(Example("sni-routing", "")
            .Replace("port_value: 10443", "port_value: 0", StringComparison.Ordinal)
            .Replace("port_value: 8443", $"port_value: {shop.Port}", StringComparison.Ordinal)
            .Replace("port_value: 8444", $"port_value: {blog.Port}", StringComparison.Ordinal));
        Assert.Contains($":{shop.Port} ", GetByName(proxy, "www.shop.example", shop).Good().Text);
        Assert.Contains($":{blog.Port} ", GetByName(proxy, "blog.example", blog).Good().Text);
        Assert.NotEqual(0, GetByName(proxy, "other.example", blog).ExitCode);
        Assert.NotEqual(0, CurlClient.Run(proxy.Url("/", "tls")).ExitCode);
        Assert.Equal(3, proxy.Stat("tls_inspector.sni_found"));
        Assert.Equal(1, proxy.Stat("tls_inspector.tls_not_found"));
    }

    /// <summary>HTTPS through the proxy to the server that has the name, whose certificate is checked.</summary>
    private static Finished GetByName(NuncioProcess proxy, string name, TlsServer server)
    {
        int port = proxy.Port("tls");
        return CurlClient.Run("--cacert", server.Certificate, "--resolve", $"{name}:{port}:127.0.0.1", $"https://{name}:{port}/");
    }

    /// <summary>The example's text without its admin, on free ports, in front of the test's upstream.</summary>
    private static string Example(string name, string upstream)
    {
        string text = File.ReadAllText(Path.Combine(Root(), "examples", name, "nuncio.yaml"));
        int admin = text.IndexOf("\nadmin:", StringComparison.Ordinal);
        Assert.True(admin > 0, "the admin comes last in the examples, so that this test can leave it out");
        return text[..(admin + 1)]
            .Replace("socket_address: { address: 127.0.0.1, port_value: 8080 }", upstream, StringComparison.Ordinal)
            .Replace("port_value: 10000", "port_value: 0", StringComparison.Ordinal);
    }

    private static string Root()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Nuncio.slnx")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException("the tests do not run in the tree");
    }
}
