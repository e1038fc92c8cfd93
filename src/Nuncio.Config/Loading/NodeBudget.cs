using Nuncio.Config.Errors;

namespace Nuncio.Config.Loading;

/// <summary>Counts what one source has cost so far and stops it at the limits. One per read.</summary>
internal sealed class NodeBudget(LoadLimits limits)
{
    private long _nodes;
    private long _expanded;

    /// <summary>Takes one key or value, or stops the read.</summary>
    public void Spend(SourcePosition at)
    {
        _nodes++;
        if (_nodes > limits.MaxNodes)
        {
            throw new SourceFault(at, $"more than {limits.MaxNodes} keys and values, which is the most a source may hold");
        }
    }

    /// <summary>Takes the values that an alias stands for, or stops the read.</summary>
    public void Expand(long weight, SourcePosition at)
    {
        _expanded += weight;
        if (_expanded > limits.MaxExpanded)
        {
            throw new SourceFault(
                at,
                $"aliases and merge keys that stand for more than {limits.MaxExpanded} values, which is the most they may");
        }
    }

    /// <summary>Stops the read when <paramref name="depth"/> is over the limit.</summary>
    public void CheckDepth(int depth, SourcePosition at)
    {
        if (depth > limits.MaxDepth)
        {
            throw new SourceFault(at, $"nested deeper than {limits.MaxDepth} levels, which is the most a source may be");
        }
    }
}
