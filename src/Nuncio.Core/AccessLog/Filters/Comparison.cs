using Nuncio.Core.Runtime;

namespace Nuncio.Core.AccessLog.Filters;

/// <summary>Compares a number with a configured one, which runtime may override (<c>ComparisonFilter</c>). Immutable; any thread.</summary>
/// <param name="Kind">The comparison.</param>
/// <param name="Value">The configured number.</param>
/// <param name="Key">Runtime key that overrides it; null without.</param>
public sealed record Comparison(ComparisonKind Kind, uint Value, RuntimeKey? Key)
{
    /// <summary>Whether <paramref name="number"/> stands so to the configured one.</summary>
    public bool Holds(ulong number)
    {
        ulong value = Key is null ? Value : Key.GetInteger(Value);
        return Kind switch
        {
            ComparisonKind.Equal => number == value,
            ComparisonKind.GreaterOrEqual => number >= value,
            ComparisonKind.LessOrEqual => number <= value,
            _ => number != value,
        };
    }
}

/// <summary>How two numbers are compared; numbers are the wire contract's.</summary>
public enum ComparisonKind : byte
{
    /// <summary>EQ.</summary>
    Equal = 0,

    /// <summary>GE.</summary>
    GreaterOrEqual = 1,

    /// <summary>LE.</summary>
    LessOrEqual = 2,

    /// <summary>NE.</summary>
    NotEqual = 3,
}
