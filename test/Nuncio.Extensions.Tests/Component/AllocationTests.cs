using System.Text;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>Zero bytes allocated per request in steady state: the whole proxy over real sockets and epoll, driven by one thread.</summary>
public sealed class AllocationTests
{
    private const int Requests = 10_000;

    [Theory]
    [InlineData("- match: { prefix: / }\n  direct_response: { status: 200, body: { inline_string: alive } }", "", "alive")]
    [InlineData("- match: { prefix: / }\n  direct_response: { status: 200, body: { inline_string: \"%REQ(:path)%-end\" }, body_format: { text_format_source: { inline_string: \"%LOCAL_REPLY_BODY%-end\" } } }\n  response_headers_to_add: [ { header: { key: x-a, value: \"%REQ(:path)%\" } } ]", "", "-end")]
    [InlineData("- match: { prefix: / }\n  redirect: { host_redirect: b.c, https_redirect: true }", "", "\r\n\r\n")]
    [InlineData("- match: { path: /no }\n  route: { cluster: up }", "", "\r\n\r\n")]
    [InlineData("- match: { prefix: / }\n  direct_response: { status: 404, body: { inline_string: 50%-\u00e9 } }", "Content-Type: application/grpc\r\n", "\r\n\r\n")]
    [InlineData("- match: { path: /no }\n  route: { cluster: up }", "", "404 gone", "local_reply_config: { mappers: [ { filter: { status_code_filter: { comparison: { op: EQ, value: { default_value: 404, runtime_key: x } } } }, status_code: 410, headers_to_add: [ { header: { key: x-a, value: \"%REQ(:path)%\" } } ] } ], body_format: { text_format_source: { inline_string: \"404 gone\" } } }")]
    public void AnswersOfOurOwn_AllocateNothing(string routes, string headers, string end, string hcm = "")
    {
        using var proxy = new LoopbackHttpProxy(hcm, routes);
        byte[] bytes = Encoding.ASCII.GetBytes($"GET /hello HTTP/1.1\r\nHost: a\r\n{headers}\r\n");
        byte[] last = Encoding.ASCII.GetBytes(end);
        proxy.ExchangeLocal(bytes, last, 2000);
        long allocated = long.MaxValue;
        for (int round = 0; round < 3 && allocated != 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            proxy.ExchangeLocal(bytes, last, Requests);
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.True(allocated == 0, $"{allocated} bytes for {Requests} requests");
    }

    [Theory]
    [InlineData("GET /hello?a=1 HTTP/1.1\r\nHost: example.com\r\nUser-Agent: test\r\nAccept: */*\r\n\r\n", "")]
    [InlineData("GET /hello?a=1 HTTP/1.1\r\nHost: example.com\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n", "use_remote_address: true")]
    [InlineData("POST /hello HTTP/1.1\r\nHost: example.com\r\nContent-Length: 5\r\n\r\nhello", "stream_idle_timeout: 10s\nrequest_timeout: 5s")]
    [InlineData("POST /hello HTTP/1.1\r\nHost: example.com\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "via: nuncio\nalways_set_request_id_in_response: true")]
    [InlineData("GET /hello?a=1 HTTP/1.1\r\nHost: example.com\r\nX-CUSTOM: 1\r\nUser-AGENT: x\r\n\r\n", "http_protocol_options: { header_key_format: { stateful_formatter: { name: p, typed_config: { \"@type\": type.googleapis.com/envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig } } } }")]
    public void KeepAliveRequests_AllocateNothing(string request, string hcm)
    {
        using var proxy = new LoopbackHttpProxy(hcm);
        byte[] bytes = Encoding.ASCII.GetBytes(request);
        proxy.Exchange(bytes, 2000);
        int sent = 2000;
        long allocated = long.MaxValue;

        // A histogram makes a page when it first sees a time of a new decade, and a machine that stalls can make a request slow at any
        // moment; that is growth, not garbage of a request. Garbage would be there in every round.
        for (int round = 0; round < 3 && allocated != 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            proxy.Exchange(bytes, Requests);
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
            sent += Requests;
        }

        Assert.Equal(sent, proxy.Stats.CounterValue("http.web.downstream_rq_2xx"));
        Assert.True(allocated == 0, $"{allocated} bytes for {Requests} requests");
        Assert.Equal(sent, proxy.EndLog());
    }
}
