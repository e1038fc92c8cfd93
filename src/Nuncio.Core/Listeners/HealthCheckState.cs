namespace Nuncio.Core.Listeners;

/// <summary>Whether the operator told health checks to fail (<c>/healthcheck/fail</c>). Written by the main thread, read by workers.</summary>
public sealed class HealthCheckState
{
    private volatile bool _isFailing;

    /// <summary>While it fails, clients are told to go away.</summary>
    public bool IsFailing
    {
        get => _isFailing;
        set => _isFailing = value;
    }
}
