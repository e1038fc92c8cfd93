namespace Nuncio.Core.Matching;

/// <summary>An RE2 pattern in .NET's spelling.</summary>
/// <param name="Pattern">Means in .NET what the original means in RE2.</param>
/// <param name="GroupCount">Capturing groups, numbered as in RE2.</param>
/// <param name="Size">An estimate, from below, of what RE2's ProgramSize would be.</param>
internal readonly record struct Re2Translation(string Pattern, int GroupCount, long Size);
