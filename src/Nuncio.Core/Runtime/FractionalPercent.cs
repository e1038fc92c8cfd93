namespace Nuncio.Core.Runtime;

/// <summary>A share of traffic: numerator out of 100, 10,000 or 1,000,000. Envoy: type.v3.FractionalPercent.</summary>
/// <param name="Numerator">At or above the denominator: everything.</param>
/// <param name="Denominator">100, 10,000 or 1,000,000.</param>
public readonly record struct FractionalPercent(uint Numerator, uint Denominator)
{
    /// <summary>All of it.</summary>
    public static FractionalPercent All => new(100, 100);

    /// <summary>Whether these random bits fall into the share; the same bits always give the same answer.</summary>
    public bool Includes(ulong random) => Numerator >= Denominator || random % Denominator < Numerator;
}
