namespace Nuncio.Server.CommandLine;

/// <summary>One option of the command line, spelled as Envoy spells it.</summary>
/// <param name="Name">The long spelling, dashes included.</param>
/// <param name="ValueName">What stands for its value in the help; null for a switch, which has none.</param>
/// <param name="Help">What it does, with the default.</param>
/// <param name="Alias">The short spelling; null for most.</param>
/// <param name="HasEffect">False: accepted, because operators pass it everywhere, and without effect in this version.</param>
/// <param name="IsRepeatable">Whether it may be given more than once.</param>
public sealed record OptionSpec(
    string Name, string? ValueName, string Help, string? Alias = null, bool HasEffect = true, bool IsRepeatable = false);
