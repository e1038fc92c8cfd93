using System.Globalization;

namespace Nuncio.Server.CommandLine;

/// <summary>
/// How many workers to run: the least of the hardware threads, the CPUs this process is bound to and the CPU limit of its control
/// group, as Envoy chooses since 1.37. Stateless.
/// </summary>
public static class WorkerCount
{
    /// <summary>More than this is a slip of the hand.</summary>
    public const int Max = 1024;

    private const string Group2 = "/sys/fs/cgroup/cpu.max";
    private const string Group1Quota = "/sys/fs/cgroup/cpu/cpu.cfs_quota_us";
    private const string Group1Period = "/sys/fs/cgroup/cpu/cpu.cfs_period_us";

    /// <summary>The number of workers for what <c>--concurrency</c> says.</summary>
    public static int For(int? asked)
    {
        if (asked is { } number)
        {
            return Math.Max(1, number);
        }

        // The runtime's count is the CPUs of the affinity mask, cut to the group's limit rounded up; Envoy rounds that down.
        int count = Environment.ProcessorCount;
        bool detect = !string.Equals(Environment.GetEnvironmentVariable("ENVOY_CGROUP_CPU_DETECTION"), "false", StringComparison.Ordinal);
        if (detect && ReadLimit() is { } limit)
        {
            count = Math.Min(count, limit);
        }

        return Math.Clamp(count, 1, Max);
    }

    /// <summary>Whole CPUs of a quota and its period in text; null when there is no limit or the text is none.</summary>
    internal static int? Limit(string quota, string period)
    {
        if (!long.TryParse(quota, NumberStyles.None, CultureInfo.InvariantCulture, out long part) ||
            !long.TryParse(period, NumberStyles.None, CultureInfo.InvariantCulture, out long whole) || part <= 0 || whole <= 0)
        {
            return null;
        }

        return (int)Math.Clamp(part / whole, 1, Max);
    }

    private static int? ReadLimit()
    {
        try
        {
            if (File.Exists(Group2))
            {
                return File.ReadAllText(Group2).Trim().Split(' ') is [string quota, string period] ? Limit(quota, period) : null;
            }

            return File.Exists(Group1Quota) ? Limit(File.ReadAllText(Group1Quota).Trim(), File.ReadAllText(Group1Period).Trim()) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null; // No limit that could be read; the affinity mask still counts.
        }
    }
}
