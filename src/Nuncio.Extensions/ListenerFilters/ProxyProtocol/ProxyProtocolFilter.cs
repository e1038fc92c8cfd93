using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Streams;

namespace Nuncio.Extensions.ListenerFilters.ProxyProtocol;

/// <summary>
/// Takes a PROXY protocol header off the connection and believes it: who the client is, where it wanted to go, and what its TLVs say.
/// Envoy: "Proxy Protocol".
/// </summary>
/// <remarks>Owner: the socket's worker; one per accepted socket.</remarks>
internal sealed class ProxyProtocolFilter(ProxyProtocolConfig config, ProxyProtocolStats stats) : ListenerFilter
{
    /// <summary>Where the values that rules keep are in filter state.</summary>
    internal const string TlvFilterStateKey = "envoy.network.proxy_protocol.tlv";

    /// <inheritdoc/>
    public override int MaxReadBytes => ProxyHeaderV2.LongestHeader;

    /// <inheritdoc/>
    public override ListenerFilterStatus OnAccept(AcceptedSocket socket) => ListenerFilterStatus.StopIteration;

    /// <inheritdoc/>
    public override ListenerFilterStatus OnData(AcceptedSocket socket, ReadOnlySpan<byte> bytes)
    {
        ProxyHeaderStatus status =
            ProxyHeaderParser.Parse(bytes, config.AllowV1, config.AllowV2, config.AllowWithout, out ProxyHeader header);
        switch (status)
        {
            case ProxyHeaderStatus.NeedMore:
                return ListenerFilterStatus.StopIteration;
            case ProxyHeaderStatus.Found:
                (header.Version == 1 ? stats.V1 : stats.V2).Found.Inc();
                Believe(socket.Info, header, bytes);
                socket.Consume(header.Length);
                return ListenerFilterStatus.Continue;
            case ProxyHeaderStatus.NotFound when config.AllowWithout:
                stats.NotFoundAllowed.Inc();
                return ListenerFilterStatus.Continue;
            default:
                return Refuse(socket, status, header.Version);
        }
    }

    private ListenerFilterStatus Refuse(AcceptedSocket socket, ProxyHeaderStatus status, int version)
    {
        ProxyProtocolStats.VersionStats counters = version == 1 ? stats.V1 : stats.V2;
        if (status == ProxyHeaderStatus.Disallowed)
        {
            counters.Found.Inc();
            counters.Disallowed.Inc();
            socket.Close("proxy_protocol_version_disallowed");
            return ListenerFilterStatus.StopIteration;
        }

        stats.Error.Inc();
        if (version == 0)
        {
            stats.NotFoundDisallowed.Inc();
            socket.Close("proxy_protocol_not_found");
        }
        else
        {
            counters.Error.Inc();
            socket.Close("proxy_protocol_error");
        }

        return ListenerFilterStatus.StopIteration;
    }

    private void Believe(ConnectionInfo info, in ProxyHeader header, ReadOnlySpan<byte> bytes)
    {
        IReadOnlyList<ProxyProtocolTlv> passed = [];
        if (header.TlvOffset < header.Length)
        {
            passed = KeepTlvs(info, bytes[header.TlvOffset..header.Length]);
        }

        info.FilterState ??= new FilterState();
        if (info.FilterState.Find(ProxyProtocolHeader.FilterStateKey) is null)
        {
            info.FilterState.TrySet(
                ProxyProtocolHeader.FilterStateKey,
                new ProxyProtocolHeader(
                    header.Version, header.Source ?? info.RemoteAddress, header.Destination ?? info.LocalAddress, passed));
        }

        if (header.Source is not null)
        {
            info.RemoteAddress = header.Source;

            // Only one that differs was restored: that is what may lead to another listener.
            if (!header.Destination!.Equals(info.LocalAddress))
            {
                info.LocalAddress = header.Destination;
            }
        }
    }

    private List<ProxyProtocolTlv> KeepTlvs(ConnectionInfo info, ReadOnlySpan<byte> bytes)
    {
        List<ProxyProtocolTlv> passed = [];
        for (TlvReader tlvs = new(bytes); tlvs.Read();)
        {
            if (config.Rules[tlvs.Type] is { } rule)
            {
                Keep(info, rule, TlvText.Sanitize(tlvs.Value));
            }

            if (config.PassThrough[tlvs.Type])
            {
                passed.Add(new ProxyProtocolTlv(tlvs.Type, tlvs.Value.ToArray()));
            }
        }

        return passed;
    }

    private void Keep(ConnectionInfo info, TlvRule rule, string value)
    {
        if (!config.TlvsToFilterState)
        {
            info.Metadata ??= new DynamicMetadata();
            info.Metadata.Set(rule.Namespace, rule.Key, value);
            return;
        }

        info.FilterState ??= new FilterState();
        if (info.FilterState.Find(TlvFilterStateKey) is not TlvValues values)
        {
            values = new TlvValues();
            info.FilterState.TrySet(TlvFilterStateKey, values, readOnly: true);
        }

        values.Set(rule.Key, value);
    }
}
