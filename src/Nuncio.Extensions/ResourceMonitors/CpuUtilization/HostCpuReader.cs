using System.Globalization;

namespace Nuncio.Extensions.ResourceMonitors.CpuUtilization;

/// <summary>Processor time of the whole machine, in ticks, from the first line of <c>/proc/stat</c> (proc(5)). Owner: main thread.</summary>
internal sealed class HostCpuReader(string path) : ICpuReader
{
    /// <summary>user, nice, system, idle. Envoy: what follows (waiting, interrupts, stolen time) does not count.</summary>
    private const int Times = 4;

    private const string Line = "cpu  ";

    /// <inheritdoc/>
    public bool TryRead(out CpuTimes times, out string? error)
    {
        times = default;
        if (!SmallFile.TryRead(path, out string? text, out error))
        {
            return false;
        }

        int end = text.IndexOf('\n', StringComparison.Ordinal);
        string line = end < 0 ? text : text[..end];
        string[] words = line.StartsWith(Line, StringComparison.Ordinal)
            ? line[Line.Length..].Split(' ', Times + 1, StringSplitOptions.RemoveEmptyEntries) : [];
        Span<ulong> ticks = stackalloc ulong[Times];
        for (int i = 0; i < Times; i++)
        {
            if (i >= words.Length || !ulong.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out ticks[i]))
            {
                error = $"{path} does not begin with the times of all processors";
                return false;
            }
        }

        double work = (double)ticks[0] + ticks[1] + ticks[2];
        times = new CpuTimes(work, work + ticks[3]);
        return true;
    }
}
