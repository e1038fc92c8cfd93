namespace Nuncio.Http.Http1;

/// <summary>Counts nothing. Stateless; any thread.</summary>
public sealed class NullHttp1Counters : IHttp1Counters
{
    /// <summary>The only instance needed.</summary>
    public static readonly NullHttp1Counters Instance = new();

    private NullHttp1Counters()
    {
    }

    /// <inheritdoc/>
    public void DroppedHeaderWithUnderscore()
    {
    }

    /// <inheritdoc/>
    public void RequestRejectedWithUnderscore()
    {
    }

    /// <inheritdoc/>
    public void ResponseFlood()
    {
    }

    /// <inheritdoc/>
    public void BodyLengthMismatch()
    {
    }
}
