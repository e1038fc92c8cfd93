namespace Nuncio.Core.Runtime;

/// <summary>One layer of runtime values, flattened: dots in a key are the edges of the tree it was written as. Immutable; any thread.</summary>
/// <param name="Name">Name of the layer.</param>
/// <param name="Values">Its values; empty for an admin layer, which an operator fills.</param>
/// <param name="IsAdmin">Whether an operator may change it while running.</param>
public sealed record RuntimeLayer(string Name, IReadOnlyDictionary<string, RuntimeEntry> Values, bool IsAdmin = false);
