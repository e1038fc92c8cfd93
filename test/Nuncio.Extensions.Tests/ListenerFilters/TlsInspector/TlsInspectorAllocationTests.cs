using Nuncio.Core.ListenerFilters;
using Nuncio.Extensions.ListenerFilters.TlsInspector;
using Nuncio.Testing.ListenerFilters;

namespace Nuncio.Extensions.Tests.ListenerFilters.TlsInspector;

public sealed class TlsInspectorAllocationTests
{
    /// <summary>The filter itself; everything else is shared or was made for a client before.</summary>
    private const int BytesOfTheFilter = 64;

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(20)]
    public void ClientSeenBefore_CostsNothingButTheFilter(int recordSize)
    {
        using ListenerFilterLab lab = new(new TlsInspectorProvider(new TlsInspectorConfig(EnableJa3: true, EnableJa4: true)));
        byte[] hello = new ClientHelloBuilder().WithServerName("WWW.a.example").WithAlpn("h2", "http/1.1").WithGroups(29).Records(recordSize);
        ListenerFilterProbe socket = lab.Accept();
        Inspect(lab, socket, hello, 1000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Inspect(lab, socket, hello, 1000);
        long each = (GC.GetAllocatedBytesForCurrentThread() - before) / 1000;
        Assert.InRange(each, 1, BytesOfTheFilter);
        Assert.Equal("www.a.example", socket.Info.RequestedServerName);
        Assert.Equal(36, socket.Info.Ja4.Length);
    }

    private static void Inspect(ListenerFilterLab lab, ListenerFilterProbe socket, byte[] hello, int times)
    {
        for (int i = 0; i < times; i++)
        {
            ListenerFilter filter = lab.Maker.Create(socket)!;
            filter.OnAccept(socket);
            if (filter.OnData(socket, hello) != ListenerFilterStatus.Continue)
            {
                throw new InvalidOperationException("the hello is not whole");
            }
        }
    }
}
