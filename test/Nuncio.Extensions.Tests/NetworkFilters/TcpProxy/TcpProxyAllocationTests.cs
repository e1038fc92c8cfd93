namespace Nuncio.Extensions.Tests.NetworkFilters.TcpProxy;

/// <summary>Real sockets: the simulated ones allocate themselves.</summary>
public sealed class TcpProxyAllocationTests
{
    [Theory]
    [InlineData(64)]
    [InlineData(200_000)]
    public void ChunksThroughAProxiedConnection_AllocateNothing(int chunk)
    {
        using LoopbackProxy proxy = new();
        byte[] data = new byte[chunk];
        for (int i = 0; i < 200; i++)
        {
            proxy.Exchange(data);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            proxy.Exchange(data);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
