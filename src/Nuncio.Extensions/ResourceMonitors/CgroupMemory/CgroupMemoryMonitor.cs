using System.Globalization;
using Nuncio.Core.Overload;

namespace Nuncio.Extensions.ResourceMonitors.CgroupMemory;

/// <summary>
/// Pressure of memory in a control group: what the group uses of its limit, or of a lower one of our own. Without any limit there is no
/// pressure.
/// </summary>
/// <remarks>Owner: main thread. Files: the kernel's <c>cgroup-v1/memory</c> and <c>cgroup-v2</c> pages.</remarks>
internal sealed class CgroupMemoryMonitor(string usagePath, string limitPath, ulong cap) : ResourceMonitor
{
    private const ulong Unlimited = ulong.MaxValue;

    /// <summary>The monitor of the version that the machine has; null when it has none.</summary>
    internal static CgroupMemoryMonitor? Find(string root, ulong cap)
    {
        string current = Path.Combine(root, "memory.current");
        string max = Path.Combine(root, "memory.max");
        if (File.Exists(current) && File.Exists(max))
        {
            return new CgroupMemoryMonitor(current, max, cap);
        }

        string first = Path.Combine(root, "memory");
        return Directory.Exists(first)
            ? new CgroupMemoryMonitor(Path.Combine(first, "memory.usage_in_bytes"), Path.Combine(first, "memory.limit_in_bytes"), cap)
            : null;
    }

    /// <inheritdoc/>
    public override bool TryRead(out double pressure, out string? error)
    {
        pressure = 0;
        if (!TryReadBytes(usagePath, out ulong usage, out error) || !TryReadBytes(limitPath, out ulong limit, out error))
        {
            return false;
        }

        if (cap > 0)
        {
            limit = Math.Min(limit, cap);
        }

        if (limit == 0)
        {
            error = $"{limitPath} says 0";
            return false;
        }

        pressure = limit == Unlimited ? 0 : usage / (double)limit;
        return true;
    }

    private static bool TryReadBytes(string path, out ulong bytes, out string? error)
    {
        bytes = 0;
        if (!SmallFile.TryRead(path, out string? text, out error))
        {
            return false;
        }

        // Version 2 and version 1 say "no limit" like this.
        if (text is "max" or "-1")
        {
            bytes = Unlimited;
            return true;
        }

        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out bytes))
        {
            return true;
        }

        error = $"{path} holds no number of bytes";
        return false;
    }
}
