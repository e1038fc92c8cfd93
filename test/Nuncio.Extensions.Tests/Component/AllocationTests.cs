using System.Text;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>Zero bytes allocated per request in steady state: the whole proxy over real sockets and epoll, driven by one thread.</summary>
public sealed class AllocationTests
{
    private const int Requests = 10_000;

    [Theory]
    [InlineData("GET /hello?a=1 HTTP/1.1\r\nHost: example.com\r\nUser-Agent: test\r\nAccept: */*\r\n\r\n", "")]
    [InlineData("GET /hello?a=1 HTTP/1.1\r\nHost: example.com\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n", "use_remote_address: true")]
    [InlineData("POST /hello HTTP/1.1\r\nHost: example.com\r\nContent-Length: 5\r\n\r\nhello", "stream_idle_timeout: 10s\nrequest_timeout: 5s")]
    [InlineData("POST /hello HTTP/1.1\r\nHost: example.com\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "via: nuncio\nalways_set_request_id_in_response: true")]
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
