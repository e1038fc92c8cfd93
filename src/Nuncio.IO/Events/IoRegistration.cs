namespace Nuncio.IO.Events;

/// <summary>
/// Names a registered descriptor: a slot and the generation it had. When the slot is given up its generation moves on, so an event
/// of a closed descriptor that still lies in the current batch reaches nobody, even if number and slot are in use again.
/// </summary>
public readonly record struct IoRegistration
{
    internal IoRegistration(int slot, uint generation)
    {
        Slot = slot;
        Generation = generation;
    }

    internal int Slot { get; }

    /// <summary>Never 0 for a live registration, so that default means none.</summary>
    internal uint Generation { get; }

    /// <summary>Whether this names a registration at all.</summary>
    public bool IsSome => Generation != 0;
}
