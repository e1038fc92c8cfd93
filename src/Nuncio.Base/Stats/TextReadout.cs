namespace Nuncio.Base.Stats;

/// <summary>A piece of text shown among the statistics, such as <c>control_plane.identifier</c>.</summary>
/// <remarks>One per stat, not one per thread: text has no sum. Set on the main thread; any thread may read.</remarks>
public sealed class TextReadout
{
    private string? _value;

    internal TextReadout()
    {
    }

    /// <summary>The text; empty until set.</summary>
    public string Value => Volatile.Read(ref _value) ?? "";

    internal bool Used => Volatile.Read(ref _value) is not null;

    /// <summary>Replaces the text.</summary>
    public void Set(string value) => Volatile.Write(ref _value, value);
}
