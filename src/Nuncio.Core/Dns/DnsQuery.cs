namespace Nuncio.Core.Dns;

/// <summary>One resolution under way. Owner: main thread; ends with its answer or by <see cref="Cancel"/>.</summary>
public sealed class DnsQuery(string name, DnsLookupFamily family, IDnsCallbacks callbacks)
{
    private IDnsCallbacks? _callbacks = callbacks;

    /// <summary>The name asked for.</summary>
    public string Name { get; } = name;

    /// <summary>Which addresses are asked for.</summary>
    public DnsLookupFamily Family { get; } = family;

    /// <summary>Whether nobody waits for the answer any more.</summary>
    public bool IsOver => _callbacks is null;

    /// <summary>The answer is not wanted any more.</summary>
    public void Cancel() => _callbacks = null;

    /// <summary>For resolvers, on the main thread: gives the answer.</summary>
    public void Complete(DnsAnswer answer)
    {
        IDnsCallbacks? callbacks = _callbacks;
        _callbacks = null;
        callbacks?.OnResolved(answer);
    }
}
