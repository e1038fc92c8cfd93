namespace Nuncio.Base.Stats;

/// <summary>A text readout of the store. Read by any thread.</summary>
public sealed class TextReadoutStat : Stat
{
    internal TextReadoutStat(in StatIdentity identity)
        : base(identity)
    {
    }

    /// <inheritdoc/>
    public override StatKind Kind => StatKind.TextReadout;

    /// <inheritdoc/>
    public override bool Used => Cell.Used;

    /// <summary>The text; empty until set.</summary>
    public string Value => Cell.Value;

    internal TextReadout Cell { get; } = new();
}
