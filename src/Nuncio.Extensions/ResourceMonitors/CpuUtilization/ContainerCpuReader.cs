using System.Globalization;
using Nuncio.Base.Time;

namespace Nuncio.Extensions.ResourceMonitors.CpuUtilization;

/// <summary>
/// Processor time of the control group, in nanoseconds of one processor, against what the group may use: its quota, or the processors
/// it may run on (version 2); its shares, 1000 of which are taken for one processor (version 1, as Envoy does).
/// </summary>
/// <remarks>
/// Owner: main thread. A quota that changes counts from then on: the time that could have been used is added up from reading to reading.
/// </remarks>
internal sealed class ContainerCpuReader : ICpuReader
{
    /// <summary>A machine with more is a file that lies.</summary>
    private const double MaxProcessors = 65536;

    private readonly string _root;
    private readonly bool _isSecond;
    private readonly Clock _clock;
    private long _lastNanos;
    private double _available;

    private ContainerCpuReader(string root, bool isSecond, Clock clock)
    {
        _root = root;
        _isSecond = isSecond;
        _clock = clock;
        _lastNanos = clock.MonotonicNanos;
    }

    /// <summary>The reader of the version that the machine has; null when it has none.</summary>
    internal static ContainerCpuReader? Find(string root, Clock clock)
    {
        bool isSecond = File.Exists(Path.Combine(root, "cpu.stat"));
        return isSecond || File.Exists(Path.Combine(root, "cpuacct", "cpuacct.usage"))
            ? new ContainerCpuReader(root, isSecond, clock)
            : null;
    }

    /// <inheritdoc/>
    public bool TryRead(out CpuTimes times, out string? error)
    {
        times = default;
        if (!TryReadUsed(out double used, out error) || !TryReadProcessors(out double processors, out error))
        {
            return false;
        }

        long now = _clock.MonotonicNanos;
        _available += (now - _lastNanos) * processors;
        _lastNanos = now;
        times = new CpuTimes(used, _available);
        return true;
    }

    private bool TryReadUsed(out double nanos, out string? error)
    {
        nanos = 0;
        string path = _isSecond ? Path.Combine(_root, "cpu.stat") : Path.Combine(_root, "cpuacct", "cpuacct.usage");
        if (!SmallFile.TryRead(path, out string? text, out error))
        {
            return false;
        }

        ReadOnlySpan<char> value = _isSecond ? ValueOf(text, "usage_usec ") : text;
        if (!ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number))
        {
            error = $"{path} does not tell the time used";
            return false;
        }

        nanos = number * (_isSecond ? 1000.0 : 1.0);
        return true;
    }

    private bool TryReadProcessors(out double processors, out string? error)
    {
        bool right = _isSecond ? TryReadSecond(out processors, out error) : TryReadFirst(out processors, out error);
        if (right && processors is not (> 0 and <= MaxProcessors))
        {
            error = "the control group may use no sensible number of processors";
            return false;
        }

        return right;
    }

    private bool TryReadFirst(out double processors, out string? error)
    {
        processors = 0;
        string path = Path.Combine(_root, "cpu", "cpu.shares");
        if (!SmallFile.TryRead(path, out string? text, out error))
        {
            return false;
        }

        if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong shares))
        {
            error = $"{path} holds no number of shares";
            return false;
        }

        // Envoy: shares are read as thousandths of a processor, though the kernel's usual number for one is 1024.
        processors = shares / 1000.0;
        return true;
    }

    private bool TryReadSecond(out double processors, out string? error)
    {
        // Absent at the root of the hierarchy and where the controller is off: then the group may use what the machine has.
        processors = Environment.ProcessorCount;
        error = null;
        string set = Path.Combine(_root, "cpuset.cpus.effective");
        if (File.Exists(set) && !TryCount(set, out processors, out error))
        {
            return false;
        }

        string max = Path.Combine(_root, "cpu.max");
        if (!File.Exists(max))
        {
            return true;
        }

        if (!SmallFile.TryRead(max, out string? text, out error))
        {
            return false;
        }

        string[] words = text.Split(' ', 3);
        if (words[0] == "max")
        {
            return true;
        }

        if (words.Length != 2
            || !ulong.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out ulong quota)
            || !ulong.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong period)
            || period == 0)
        {
            error = $"{max} holds no quota";
            return false;
        }

        processors = Math.Min(processors, quota / (double)period);
        return true;
    }

    /// <summary>Processors in a list like <c>0-3,8</c>.</summary>
    private static bool TryCount(string path, out double processors, out string? error)
    {
        processors = 0;
        if (!SmallFile.TryRead(path, out string? text, out error))
        {
            return false;
        }

        foreach (string range in text.Split(','))
        {
            string[] ends = range.Split('-', 3);
            if (ends.Length > 2
                || !uint.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint first)
                || !uint.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out uint last)
                || last < first)
            {
                error = $"{path} holds no list of processors";
                return false;
            }

            processors += (double)last - first + 1;
        }

        return true;
    }

    private static ReadOnlySpan<char> ValueOf(string text, string key)
    {
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(key, StringComparison.Ordinal))
            {
                return line[key.Length..];
            }
        }

        return default;
    }
}
