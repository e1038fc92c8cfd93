namespace Nuncio.IO.Sockets;

/// <summary>One raw socket option of the configuration, handed to setsockopt as it is. Immutable.</summary>
/// <param name="Level">As in setsockopt.</param>
/// <param name="Name">As in setsockopt.</param>
/// <param name="Value">The bytes; an integer is four bytes in machine order.</param>
/// <param name="State">When it is set.</param>
public sealed record SocketOptionConfig(int Level, int Name, byte[] Value, SocketState State = SocketState.Prebind)
{
    /// <summary>Set only on sockets of this kind; null is all (Envoy: <c>ip_version</c>).</summary>
    public AddressKind? OnlyFor { get; init; }

    /// <summary>An option with an integer value.</summary>
    public SocketOptionConfig(int level, int name, int value, SocketState state = SocketState.Prebind)
        : this(level, name, BitConverter.GetBytes(value), state)
    {
    }

    /// <summary>By content, so that configurations with options compare.</summary>
    public bool Equals(SocketOptionConfig? other) =>
        other is not null && Level == other.Level && Name == other.Name && State == other.State && OnlyFor == other.OnlyFor &&
        Value.AsSpan().SequenceEqual(other.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Level, Name, State, OnlyFor, Value.Length);
}
