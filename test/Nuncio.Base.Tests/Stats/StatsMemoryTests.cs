using Nuncio.Base.Stats;

namespace Nuncio.Base.Tests.Stats;

/// <summary>Tests that measure the whole process's memory: they run alone.</summary>
[CollectionDefinition(nameof(StatsMemoryTests), DisableParallelization = true)]
[Collection(nameof(StatsMemoryTests))]
public sealed class StatsMemoryTests
{
    [Fact]
    public void ScopesComeAndGo_MemoryStaysBounded()
    {
        var store = new StatsStore(2);
        void Cycle(int cluster)
        {
            for (int cell = 0; cell < 2; cell++)
            {
                store.Root(cell).SubScope("keep").Dispose();
            }

            using StatScope scope = store.Root(cluster & 1).SubScope($"cluster.c{cluster}");
            scope.Counter("x").Inc();
            scope.Histogram("h").Record(5UL);
            store.Flush();
        }

        for (int i = 0; i < 1000; i++)
        {
            Cycle(i);
        }

        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 1000; i < 11_000; i++)
        {
            Cycle(i);
        }

        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(grown < 512 * 1024, $"grew by {grown} bytes");
        GC.KeepAlive(store);
    }

    [Fact]
    public void MemoryOfACounter_IsWhatIsDocumented()
    {
        const int Clusters = 1_000;
        const int Names = 20;
        const int Cells = 4;
        var store = new StatsStore(Cells);
        string[] names = new string[Names];
        for (int i = 0; i < Names; i++)
        {
            names[i] = $"upstream_rq_pending_{i:D2}";
        }

        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int cluster = 0; cluster < Clusters; cluster++)
        {
            for (int cell = 0; cell < Cells; cell++)
            {
                StatScope scope = store.Root(cell).SubScope($"cluster.backend_{cluster:D4}");
                foreach (string name in names)
                {
                    scope.Counter(name);
                }
            }
        }

        long each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (Clusters * Names);
        TestContext.Current.TestOutputHelper?.WriteLine($"{each} bytes per counter with {Cells} cells and a name of 43 characters");

        Assert.InRange(each, 300, 560);
        GC.KeepAlive(store);
    }
}
