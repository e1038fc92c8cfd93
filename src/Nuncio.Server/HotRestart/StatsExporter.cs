using Nuncio.Base.Stats;

namespace Nuncio.Server.HotRestart;

/// <summary>
/// The parent's side of statistics: what its counters counted since the last message, and the gauges that changed. The first message tells
/// what came since the last flush, because everything before is with whoever reads the parent's statistics.
/// </summary>
/// <remarks>Owner: main thread. Made for one child, so that a child that died leaves no gap in what the next one gets.</remarks>
internal sealed class StatsExporter(StatsStore store)
{
    private const byte NoMore = 0;
    private const byte More = 1;
    private const byte CounterEntry = 1;
    private const byte GaugeEntry = 2;

    // Position of the byte that says whether more messages follow.
    private const int MoreAt = 1;
    private const int EntryOverhead = 16;
    private const int LongestName = 4096;

    private readonly Dictionary<CounterStat, long> _sentCounters = [];
    private readonly Dictionary<GaugeStat, long> _sentGauges = [];
    private readonly List<CounterStat> _counters = [];
    private readonly List<GaugeStat> _gauges = [];
    private bool _hasBegun;

    /// <summary>Sends them, and how many connections this process has.</summary>
    internal void Send(RestartChannel channel, long connections, bool withStats)
    {
        MessageWriter message = Begin(channel, connections);
        if (withStats)
        {
            _counters.Clear();
            _gauges.Clear();
            store.CopyTo(_counters);
            store.CopyTo(_gauges);
            foreach (CounterStat counter in _counters)
            {
                long total = counter.Total;
                long sent = _sentCounters.GetValueOrDefault(counter, _hasBegun ? 0 : counter.Flushed);
                if (total > sent)
                {
                    message = Entry(channel, connections, message, CounterEntry, counter.Name, total - sent);
                }

                _sentCounters[counter] = total;
            }

            _hasBegun = true;
            foreach (GaugeStat gauge in _gauges)
            {
                long value = gauge.Value;
                if (gauge.Used && _sentGauges.GetValueOrDefault(gauge) != value && ImportableGauges.Contains(gauge.Name))
                {
                    message = Entry(channel, connections, message, GaugeEntry, gauge.Name, value);
                    _sentGauges[gauge] = value;
                }
            }
        }

        message.Patch(MoreAt, NoMore);
        channel.Send();
    }

    /// <summary>Reads one message of <see cref="Send"/> into an importer. True when it was the last.</summary>
    internal static bool Read(ref MessageReader message, StatsImporter importer, out long connections)
    {
        bool isLast = message.Byte() == NoMore;
        connections = message.Number();
        while (message.HasMore)
        {
            byte kind = message.Byte();
            string name = message.Text();
            long value = message.Number();
            if (message.IsWrong)
            {
                break;
            }

            if (kind == CounterEntry)
            {
                importer.AddToCounter(name, value);
            }
            else
            {
                importer.SetGauge(name, value);
            }
        }

        return isLast;
    }

    private static MessageWriter Begin(RestartChannel channel, long connections) =>
        channel.Writer.Begin(RestartMessage.Stats).Byte(More).Number(connections);

    private static MessageWriter Entry(RestartChannel channel, long connections, MessageWriter message, byte kind, string name, long value)
    {
        if (name.Length > LongestName)
        {
            return message; // Nobody reads such a name; it is not worth a message of its own size.
        }

        if (message.Room < (name.Length * 3) + EntryOverhead)
        {
            channel.Send();
            message = Begin(channel, connections);
        }

        return message.Byte(kind).Text(name).Number(value);
    }
}
