namespace Nuncio.Core.Logging;

/// <summary>What happened, as a number and a name that stay the same from version to version. Immutable.</summary>
/// <param name="Id">The number; 2000 and above are Core's.</param>
/// <param name="Name">The name.</param>
public readonly record struct LogEvent(int Id, string Name);
