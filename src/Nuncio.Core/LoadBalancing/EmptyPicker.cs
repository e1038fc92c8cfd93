using Nuncio.Core.Clusters;

namespace Nuncio.Core.LoadBalancing;

/// <summary>The picker of a source without hosts. Stateless, any thread.</summary>
internal sealed class EmptyPicker : HostPicker
{
    /// <summary>The only one.</summary>
    public static readonly EmptyPicker Instance = new();

    private EmptyPicker()
    {
    }

    /// <inheritdoc/>
    public override bool IsEmpty => true;

    /// <inheritdoc/>
    public override Host? Pick() => null;
}
