using Nuncio.Base.Stats;
using Nuncio.Core.Extensibility;
using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Listeners;
using Nuncio.Testing.Network;

namespace Nuncio.Testing.ListenerFilters;

/// <summary>One worker with one listener filter configuration: makes probes, and holds the statistics they share.</summary>
public sealed class ListenerFilterLab : IDisposable
{
    private readonly SimulatedLoop _loop = new(2);

    /// <summary>Publishes the configuration to the worker.</summary>
    public ListenerFilterLab(ListenerFilterProvider provider)
    {
        var worker = new WorkerContext(_loop.Dispatchers[1], Stats);
        Maker = provider.CreateForWorker(
            worker, new ListenerContext("listener", worker.Stats.SubScope("listener.test"), new DrainState(), 0));
    }

    /// <summary>The worker's maker.</summary>
    public ListenerFilterMaker Maker { get; }

    /// <summary>All statistics.</summary>
    public StatsStore Stats { get; } = new(2);

    /// <summary>Accepts a socket.</summary>
    public ListenerFilterProbe Accept(Action<Core.Streams.ConnectionInfo>? prepare = null) =>
        new(Maker, _loop.Dispatchers[1], prepare: prepare);

    /// <summary>Accepts a socket whose bytes arrive at once.</summary>
    public ListenerFilterProbe Receive(ReadOnlySpan<byte> bytes)
    {
        ListenerFilterProbe probe = Accept();
        probe.Receive(bytes);
        return probe;
    }

    /// <summary>
    /// Sends the bytes uncut, cut at every point, and byte by byte. All ways must come to the same; the result is that of the first.
    /// </summary>
    public ListenerFilterProbe ReceiveEveryWay(byte[] bytes)
    {
        ListenerFilterProbe whole = Receive(bytes);
        for (int cut = 1; cut < bytes.Length; cut++)
        {
            RequireSame(whole, bytes, [cut]);
        }

        RequireSame(whole, bytes, [.. Enumerable.Range(1, Math.Max(0, bytes.Length - 1))]);
        return whole;
    }

    /// <summary>As <see cref="ReceiveEveryWay"/>, cut at a few random points and byte by byte.</summary>
    public ListenerFilterProbe ReceiveSomeWays(byte[] bytes, Random random)
    {
        ListenerFilterProbe whole = Receive(bytes);
        for (int i = 0; i < 3 && bytes.Length > 1; i++)
        {
            RequireSame(whole, bytes, [.. Enumerable.Range(0, 3).Select(_ => random.Next(1, bytes.Length)).Distinct().Order()]);
        }

        if (bytes.Length < 2000)
        {
            RequireSame(whole, bytes, [.. Enumerable.Range(1, Math.Max(0, bytes.Length - 1))]);
        }

        return whole;
    }

    /// <summary>The value of a counter.</summary>
    public long Counter(string name) => Stats.CounterValue(name);

    /// <inheritdoc/>
    public void Dispose() => _loop.Dispose();

    private void RequireSame(ListenerFilterProbe whole, byte[] bytes, int[] cuts)
    {
        ListenerFilterProbe probe = Accept();
        int from = 0;
        foreach (int cut in cuts.Append(bytes.Length))
        {
            probe.Receive(bytes.AsSpan(from, cut - from));
            from = cut;
        }

        if (probe.Outcome != whole.Outcome)
        {
            throw new InvalidOperationException(
                $"what comes out depends on the cuts ({string.Join(',', cuts.Take(8))}):\n{whole.Outcome}---\n{probe.Outcome}");
        }
    }
}
