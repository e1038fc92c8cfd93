using Nuncio.Peers.Tests.Support;

namespace Nuncio.Peers.Tests.HaProxy;

/// <summary>PROXY protocol headers as HAProxy and curl write them.</summary>
public sealed class ProxyProtocolTests
{
    [Theory]
    [InlineData("send-proxy", "v1")]
    [InlineData("send-proxy-v2", "v2")]
    [InlineData("send-proxy-v2 proxy-v2-options crc32c,unique-id", "v2")]
    public void HaProxyInFront_TellsWhereTheClientWentTo(string options, string version)
    {
        using Scratch scratch = new();
        using ReflectingServer server = new();
        using NuncioProcess proxy = new(Configuration(server.Address, scratch.PathOf("log")));
        using HaProxyServer front = new(proxy.Port(), "tcp", options);
        Assert.Equal("hi", CurlClient.Run("--data", "hi", $"http://127.0.0.1:{front.Port}/").Good().Text);
        Await.True(
            "the log has the address that the client connected to",
            () => File.Exists(scratch.PathOf("log")) && File.ReadAllText(scratch.PathOf("log")).Contains($"127.0.0.1 127.0.0.1:{front.Port}\n", StringComparison.Ordinal));
        Assert.True(proxy.Stat($"proxy_proto.versions.{version}.found") > 0);
        Assert.Equal(0, proxy.Stat("downstream_cx_proxy_proto_error"));
    }

    [Fact]
    public void Curl_WritesAHeaderThatIsTaken()
    {
        using Scratch scratch = new();
        using ReflectingServer server = new();
        using NuncioProcess proxy = new(Configuration(server.Address, scratch.PathOf("log")));
        Assert.Equal("hi", CurlClient.Run("--haproxy-protocol", "--data", "hi", proxy.Url()).Good().Text);
        Assert.Equal(1, proxy.Stat("proxy_proto.versions.v1.found"));
    }

    [Fact]
    public void CurlWithoutHeader_IsClosed()
    {
        using Scratch scratch = new();
        using NuncioProcess proxy = new(Configuration(Configurations.Address(Ports.Free()), scratch.PathOf("log")));
        Assert.NotEqual(0, CurlClient.Run(proxy.Url()).ExitCode);
        Assert.Equal(1, proxy.Stat("proxy_proto.not_found_disallowed"));
        Assert.Equal(1, proxy.Stat("downstream_cx_proxy_proto_error"));
    }

    private static string Configuration(string upstream, string log) => Configurations.Http(upstream, manager: $$"""
        access_log:
        - name: envoy.access_loggers.file
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
            path: {{log}}
            log_format:
              text_format_source: { inline_string: "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT% %DOWNSTREAM_LOCAL_ADDRESS%\n" }
        """).Replace("    filter_chains:\n", """
                listener_filters:
                - name: proxy
                  typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol }
                filter_chains:

            """, StringComparison.Ordinal);
}
