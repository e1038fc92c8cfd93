using Nuncio.Core.Overload;

namespace Nuncio.Core.Tests.Overload;

public sealed class GlobalConnectionsTests
{
    [Fact]
    public void MonitorsLimit_HoldsForAllWorkersTogether()
    {
        using var fixture = new OverloadFixture(OverloadConfig.None, ("connections", new FakeMonitor { Limit = 3 }));
        WorkerOverload one = fixture.Workers[0].Overload;
        WorkerOverload two = fixture.Workers[1].Overload;
        Assert.True(one.TryAdmitConnection(false));
        Assert.True(two.TryAdmitConnection(false));
        Assert.True(one.TryAdmitConnection(false));
        Assert.False(two.TryAdmitConnection(false));
        Assert.False(one.TryAdmitConnection(false));
        Assert.Equal(3, fixture.Manager.Connections.Count);

        two.ReleaseConnection();
        Assert.True(one.TryAdmitConnection(false));
    }

    [Fact]
    public void ListenerThatIgnoresTheLimit_IsAdmittedAndCounted()
    {
        using var fixture = new OverloadFixture(OverloadConfig.None, ("connections", new FakeMonitor { Limit = 1 }));
        Assert.True(fixture.Worker.TryAdmitConnection(true));
        Assert.True(fixture.Worker.TryAdmitConnection(true));
        Assert.False(fixture.Worker.TryAdmitConnection(false));
        fixture.Worker.ReleaseConnection();
        Assert.False(fixture.Worker.TryAdmitConnection(false));
        fixture.Worker.ReleaseConnection();
        Assert.True(fixture.Worker.TryAdmitConnection(false));
    }

    [Fact]
    public void RuntimeKey_LimitsWhereNoMonitorDoes()
    {
        using var fixture = new OverloadFixture(OverloadConfig.None);
        Assert.True(fixture.Worker.TryAdmitConnection(false));
        fixture.Runtime.TrySetAdminValues(new Dictionary<string, string> { [GlobalConnections.RuntimeKeyName] = "2" });
        Assert.True(fixture.Worker.TryAdmitConnection(false));
        Assert.False(fixture.Worker.TryAdmitConnection(false));
        fixture.Runtime.TrySetAdminValues(new Dictionary<string, string> { [GlobalConnections.RuntimeKeyName] = "" });
        Assert.True(fixture.Worker.TryAdmitConnection(false));
    }

    [Fact]
    public void RuntimeKeyBesideAMonitor_IsIgnored()
    {
        using var fixture = new OverloadFixture(OverloadConfig.None, ("connections", new FakeMonitor { Limit = 5 }));
        fixture.Runtime.TrySetAdminValues(new Dictionary<string, string> { [GlobalConnections.RuntimeKeyName] = "0" });
        Assert.True(fixture.Worker.TryAdmitConnection(false));
    }

    [Fact]
    public void ManyThreads_NeverExceedTheLimit()
    {
        using var fixture = new OverloadFixture(OverloadConfig.None, ("connections", new FakeMonitor { Limit = 10 }));
        long most = 0;
        long admitted = 0;
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(i => new Thread(() =>
        {
            WorkerOverload overload = fixture.Workers[i % 2].Overload;
            int held = 0;
            for (int n = 0; n < 100_000; n++)
            {
                if (held < 5 && overload.TryAdmitConnection(false))
                {
                    held++;
                    Interlocked.Increment(ref admitted);
                    long seen = fixture.Manager.Connections.Count;
                    long before;
                    while (seen > (before = Volatile.Read(ref most)) && Interlocked.CompareExchange(ref most, seen, before) != before)
                    {
                    }
                }
                else if (held > 0)
                {
                    overload.ReleaseConnection();
                    held--;
                }
            }

            for (; held > 0; held--)
            {
                overload.ReleaseConnection();
            }
        }))];
        Array.ForEach(threads, static t => t.Start());
        Array.ForEach(threads, static t => t.Join());
        Assert.InRange(most, 1, 10);
        Assert.InRange(admitted, 1000, long.MaxValue);
        Assert.Equal(0, fixture.Manager.Connections.Count);
    }
}
