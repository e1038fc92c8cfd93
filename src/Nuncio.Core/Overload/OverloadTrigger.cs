namespace Nuncio.Core.Overload;

/// <summary>
/// How the pressure on one resource turns an action on: off up to the first threshold, saturated from the second, linear between.
/// A <c>threshold</c> trigger has the same value twice. Immutable.
/// </summary>
/// <param name="Resource">Name of the monitor.</param>
/// <param name="Scaling"><c>scaling_threshold</c>.</param>
/// <param name="Saturation"><c>saturation_threshold</c>, or the value of a threshold.</param>
public sealed record OverloadTrigger(string Resource, double Scaling, double Saturation)
{
    /// <summary>0 (off) to 1 (saturated).</summary>
    public double StateAt(double pressure) =>
        pressure >= Saturation ? 1 : pressure <= Scaling ? 0 : (pressure - Scaling) / (Saturation - Scaling);
}
