namespace Nuncio.Core.Routing;

/// <summary>
/// Configuration of HTTP filters as one route sees it: all levels merged when the table is built. Immutable; any thread.
/// Asked by index, because every filter of every request asks.
/// </summary>
internal sealed class FilterConfigTable
{
    private static readonly FilterConfigTable s_empty = new([]);
    private readonly Slot[] _slots;

    private FilterConfigTable(Slot[] slots) => _slots = slots;

    /// <summary>Merges levels, the least specific first.</summary>
    internal static FilterConfigTable Merge(ReadOnlySpan<RouteLevel> levels)
    {
        int size = 0;
        foreach (RouteLevel level in levels)
        {
            foreach (FilterOverride filter in level.Filters)
            {
                size = Math.Max(size, filter.FilterNameId + 1);
            }
        }

        if (size == 0)
        {
            return s_empty;
        }

        var slots = new Slot[size];
        foreach (RouteLevel level in levels)
        {
            foreach (FilterOverride filter in level.Filters)
            {
                ref Slot slot = ref slots[filter.FilterNameId];
                slot.Disabled = filter.Disabled;
                if (filter.Config is not null)
                {
                    slot.Configs = slot.Configs is null ? [filter.Config] : [.. slot.Configs, filter.Config];
                }
            }
        }

        return new FilterConfigTable(slots);
    }

    /// <summary>The most specific configuration.</summary>
    internal object? Find(int id) => (uint)id < (uint)_slots.Length && _slots[id].Configs is { } configs ? configs[^1] : null;

    /// <summary>All configurations, the least specific first.</summary>
    internal ReadOnlySpan<object> FindAll(int id) => (uint)id < (uint)_slots.Length ? _slots[id].Configs : default;

    /// <summary>Whether the most specific level that names the filter disables it; null when none names it.</summary>
    internal bool? IsDisabled(int id) => (uint)id < (uint)_slots.Length ? _slots[id].Disabled : null;

    private struct Slot
    {
        internal object[]? Configs;
        internal bool? Disabled;
    }
}
