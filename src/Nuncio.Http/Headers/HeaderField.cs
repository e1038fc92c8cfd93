namespace Nuncio.Http.Headers;

/// <summary>One header of a map, seen in place: its spans are valid as long as the map's (see <see cref="HeaderMap"/>).</summary>
public readonly ref struct HeaderField
{
    internal HeaderField(KnownHeader known, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Known = known;
        Name = name;
        Value = value;
    }

    /// <summary>Which known header it is, or <see cref="KnownHeader.None"/>.</summary>
    public KnownHeader Known { get; }

    /// <summary>The name in lower case.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>The value, without blanks around it.</summary>
    public ReadOnlySpan<byte> Value { get; }
}
