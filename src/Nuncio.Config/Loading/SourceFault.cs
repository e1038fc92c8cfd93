using Nuncio.Config.Errors;

namespace Nuncio.Config.Loading;

/// <summary>
/// The source cannot be read any further: bad syntax, or a limit passed. Thrown inside one read of one source and caught
/// where that read was started, never seen outside this folder. A value would have to be carried through every
/// recursive step of a tree builder; this is the control plane, and a source has at most one.
/// </summary>
internal sealed class SourceFault(SourcePosition position, string message) : Exception(message)
{
    /// <summary>Where reading stopped.</summary>
    public SourcePosition Position { get; } = position;
}
