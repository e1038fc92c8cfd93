namespace Nuncio.Core.Overload;

/// <summary>
/// How far every action and every load shed point is on, from 0 (off) to 1 (saturated). Immutable; made by the
/// <see cref="OverloadManager"/> when something changed and posted to the workers.
/// </summary>
/// <param name="Actions">By <see cref="OverloadAction"/>.</param>
/// <param name="Points">By <see cref="LoadShedPoint"/>.</param>
internal sealed record OverloadState(double[] Actions, double[] Points)
{
    internal double Of(OverloadAction action) => Actions[(int)action];

    internal double Of(LoadShedPoint point) => Points[(int)point];
}
