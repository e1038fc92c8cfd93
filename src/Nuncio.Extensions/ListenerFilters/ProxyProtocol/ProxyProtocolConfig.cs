namespace Nuncio.Extensions.ListenerFilters.ProxyProtocol;

/// <summary>What the user wants of the PROXY protocol filter; immutable. Envoy: <c>proxy_protocol.v3.ProxyProtocol</c>.</summary>
public sealed record ProxyProtocolConfig
{
    /// <summary><c>rules</c>: where the value of a TLV goes, by its type; null entries go nowhere.</summary>
    public IReadOnlyList<TlvRule?> Rules { get; init; } = new TlvRule?[256];

    /// <summary><c>tlv_location</c>: into filter state rather than dynamic metadata.</summary>
    public bool TlvsToFilterState { get; init; }

    /// <summary><c>pass_through_tlvs</c>: the types kept for a header sent upstream.</summary>
    public IReadOnlyList<bool> PassThrough { get; init; } = new bool[256];

    /// <summary><c>allow_requests_without_proxy_protocol</c>: only where every client is trusted.</summary>
    public bool AllowWithout { get; init; }

    /// <summary><c>disallowed_versions</c> does not have V1.</summary>
    public bool AllowV1 { get; init; } = true;

    /// <summary><c>disallowed_versions</c> does not have V2.</summary>
    public bool AllowV2 { get; init; } = true;

    /// <summary><c>stat_prefix</c>; empty for none.</summary>
    public string StatPrefix { get; init; } = "";
}

/// <summary>Where the value of a TLV goes: <c>on_tlv_present</c>.</summary>
/// <param name="Namespace"><c>metadata_namespace</c>, the filter's own unless set.</param>
/// <param name="Key"><c>key</c>.</param>
public sealed record TlvRule(string Namespace, string Key);
