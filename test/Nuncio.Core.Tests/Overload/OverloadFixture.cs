using Nuncio.Base.Random;
using Nuncio.Base.Stats;
using Nuncio.Core.Extensibility;
using Nuncio.Core.Overload;
using Nuncio.Core.Runtime;
using Nuncio.Testing.Network;

namespace Nuncio.Core.Tests.Overload;

/// <summary>An overload manager over two workers of a simulated loop, with resources "a" and "b".</summary>
internal sealed class OverloadFixture : IDisposable
{
    internal OverloadFixture(OverloadConfig config, params (string Name, FakeMonitor Monitor)[] more)
    {
        Stats = new StatsStore(3);
        Workers = [new WorkerContext(Loop.Dispatchers[1], Stats), new WorkerContext(Loop.Dispatchers[2], Stats)];
        config = config with { Monitors = [new NamedMonitor("a", A), new NamedMonitor("b", B), .. more.Select(static m => new NamedMonitor(m.Name, m.Monitor))] };
        Manager = new OverloadManager(config, Loop.Dispatcher, Workers, Stats.Root(), Runtime, () => Collections++)
        {
            ActionChanged = (action, saturated) => Changes.Add((action, saturated)),
            UpdateFailed = (resource, reason) => Failures.Add($"{resource}: {reason}"),
        };
        Manager.Start();
    }

    internal SimulatedLoop Loop { get; } = new(3);

    internal StatsStore Stats { get; }

    internal LayeredRuntime Runtime { get; } = new([new RuntimeLayer("admin", new Dictionary<string, RuntimeEntry>(), IsAdmin: true)]);

    internal IReadOnlyList<WorkerContext> Workers { get; }

    internal OverloadManager Manager { get; }

    internal FakeMonitor A { get; } = new();

    internal FakeMonitor B { get; } = new();

    internal List<(OverloadAction Action, bool Saturated)> Changes { get; } = [];

    internal List<string> Failures { get; } = [];

    internal int Collections { get; private set; }

    internal WorkerOverload Worker => Workers[0].Overload;

    internal RandomSource Random { get; } = new(7);

    public void Dispose()
    {
        Assert.Empty(Loop.Contained);
        Loop.Dispose();
    }

    internal static OverloadConfig With(OverloadAction action, params OverloadTrigger[] triggers) =>
        new() { Actions = [new OverloadActionConfig(action, triggers)] };

    internal static OverloadTrigger Threshold(string resource, double value) => new(resource, value, value);

    /// <summary>Sets the pressure on "a" and waits for the next refresh.</summary>
    internal void Press(double? a, double? b = 0)
    {
        A.Pressure = a;
        B.Pressure = b;
        Loop.Advance(TimeSpan.FromSeconds(1));
    }

    internal long Gauge(string name) => Stats.GaugeValue("overload." + name);

    internal long Counter(string name) => Stats.CounterValue("overload." + name);

    /// <summary>How often of 10,000 times.</summary>
    internal int Share(Func<RandomSource, bool> ask) => Enumerable.Range(0, 10_000).Count(_ => ask(Random));
}
