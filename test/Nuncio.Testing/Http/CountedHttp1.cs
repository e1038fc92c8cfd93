using Nuncio.Http.Http1;

namespace Nuncio.Testing.Http;

/// <summary>Plain numbers of what an HTTP/1 codec counted.</summary>
public sealed class CountedHttp1 : IHttp1Counters
{
    /// <summary><see cref="IHttp1Counters.DroppedHeaderWithUnderscore"/></summary>
    public int DroppedHeaders { get; private set; }

    /// <summary><see cref="IHttp1Counters.RequestRejectedWithUnderscore"/></summary>
    public int RejectedRequests { get; private set; }

    /// <summary><see cref="IHttp1Counters.ResponseFlood"/></summary>
    public int ResponseFloods { get; private set; }

    /// <summary><see cref="IHttp1Counters.BodyLengthMismatch"/></summary>
    public int LengthMismatches { get; private set; }

    void IHttp1Counters.DroppedHeaderWithUnderscore() => DroppedHeaders++;

    void IHttp1Counters.RequestRejectedWithUnderscore() => RejectedRequests++;

    void IHttp1Counters.ResponseFlood() => ResponseFloods++;

    void IHttp1Counters.BodyLengthMismatch() => LengthMismatches++;
}
