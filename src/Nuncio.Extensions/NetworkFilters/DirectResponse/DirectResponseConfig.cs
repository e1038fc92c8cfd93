namespace Nuncio.Extensions.NetworkFilters.DirectResponse;

/// <summary>What every connection is answered with; immutable. Envoy: <c>direct_response.v3.Config</c>.</summary>
/// <param name="Response"><c>response</c>: the bytes; empty closes without a word.</param>
public sealed record DirectResponseConfig(byte[] Response);
