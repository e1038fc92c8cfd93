namespace Nuncio.Server.Admin;

/// <summary>A query parameter of an endpoint, for the help and the form. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Help">What it does.</param>
/// <param name="Choices">The values it may have; null when it takes any text.</param>
/// <param name="IsFlag">Whether its presence alone counts.</param>
internal sealed record AdminParameter(string Name, string Help, IReadOnlyList<string>? Choices = null, bool IsFlag = false);
