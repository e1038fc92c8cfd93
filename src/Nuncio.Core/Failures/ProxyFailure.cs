namespace Nuncio.Core.Failures;

/// <summary>
/// A failure of a stream or connection: what happened, and what the transport or codec said. All else (status, flag, details,
/// body, counter, words) is the kind's row in <see cref="FailureTable"/>. A value; copied freely.
/// </summary>
/// <param name="Kind">What happened.</param>
/// <param name="Detail">What the transport says of it ("delayed connect error: Connection refused"), the name of a header, ...; a constant or null.</param>
public readonly record struct ProxyFailure(FailureKind Kind, string? Detail = null)
{
    /// <summary>The kind's row.</summary>
    public FailureRow Row => FailureTable.Get(Kind);

    /// <summary>Whose doing it is.</summary>
    public FailureSide Side => Row.Side;

    /// <summary>Whether another attempt may help.</summary>
    public RetryClass Retry => Row.Retry;
}
