using Nuncio.Config.Errors;

namespace Nuncio.Server.Reload;

/// <summary>What came of looking at the configuration file again. Immutable.</summary>
/// <param name="Errors">Why it was refused; empty when it was not.</param>
/// <param name="Difference">What it changes; null when it was refused before that was known.</param>
/// <param name="IsDryRun">Whether it was only looked at.</param>
/// <param name="AtUtcTicks">When.</param>
internal sealed record ReloadOutcome(ConfigErrors Errors, ReloadDifference? Difference, bool IsDryRun, long AtUtcTicks)
{
    /// <summary>Whether the file was fit to run.</summary>
    internal bool IsGood => !Errors.Any;
}
