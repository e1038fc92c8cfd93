namespace Nuncio.Core.Listeners.Matching;

/// <summary>Two chains that would match the same connections equally well; the same one twice where a list repeats itself.</summary>
/// <param name="First">Place of the earlier chain.</param>
/// <param name="Second">Place of the later chain.</param>
public readonly record struct FilterChainOverlap(int First, int Second);
