using Envoy.Config.Upstream.LocalAddressSelector.V3;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;
using Nuncio.Config.Sockets;
using Nuncio.Core.Clusters;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;
using CoreWire = Envoy.Config.Core.V3;

namespace Nuncio.Config.Clusters;

/// <summary>Wire <c>BindConfig</c> to <see cref="UpstreamBindConfig"/>, with the rules of the default selector. Stateless.</summary>
public static class BindConverter
{
    /// <summary>Converts; errors go to <paramref name="scope"/>, its place.</summary>
    /// <param name="forAll">
    /// What holds for all clusters: for one that says nothing, and its options and freebind for one that does not say them.
    /// </param>
    public static UpstreamBindConfig? Convert(CoreWire.BindConfig? wire, ConfigScope scope, UpstreamBindConfig? forAll = null)
    {
        if (wire is null)
        {
            return forAll;
        }

        CheckSelector(wire.LocalAddressSelector, scope.Field("local_address_selector").Field("typed_config"));
        IReadOnlyList<SocketOptionConfig> options = wire.SocketOptions.Count == 0 && forAll is not null
            ? forAll.Sources[0].SocketOptions
            : SocketOptionConverter.Convert(wire.SocketOptions, scope.Field("socket_options"));
        List<ConnectSource> sources = [new(Address(wire.SourceAddress, scope.Field("source_address")), Shared(options))];
        for (int i = 0; i < wire.ExtraSourceAddresses.Count; i++)
        {
            ConfigScope place = scope.Field("extra_source_addresses").Item(i);
            CoreWire.ExtraSourceAddress extra = wire.ExtraSourceAddresses[i];
            IReadOnlyList<SocketOptionConfig> own = extra.SocketOptions is { } overriding
                ? SocketOptionConverter.Convert(overriding.SocketOptions, place.Field("socket_options").Field("socket_options"))
                : options;
            sources.Add(new ConnectSource(Address(extra.Address, place.Field("address")), Shared(own)));
        }

        for (int i = 0; i < wire.AdditionalSourceAddresses.Count; i++)
        {
            sources.Add(new ConnectSource(
                Address(wire.AdditionalSourceAddresses[i], scope.Field("additional_source_addresses").Item(i)), Shared(options)));
        }

        CheckSources(wire, sources, scope);
        return new UpstreamBindConfig { Sources = [.. sources], Freebind = wire.Freebind ?? forAll?.Freebind ?? false };
    }

    /// <summary>As a list that compares by content, so that equal configurations are equal.</summary>
    private static EquatableList<SocketOptionConfig> Shared(IReadOnlyList<SocketOptionConfig> options) => [.. options];

    private static void CheckSelector(CoreWire.TypedExtensionConfig? wire, ConfigScope scope)
    {
        if (wire?.TypedConfig is { } config && AnyDecoder.TypeName(config.TypeUrl) != DefaultLocalAddressSelector.Descriptor.FullName)
        {
            scope.Error(
                $"{AnyDecoder.TypeName(config.TypeUrl)} is not supported by this version; expected {DefaultLocalAddressSelector.Descriptor.FullName}");
        }
    }

    private static void CheckSources(CoreWire.BindConfig wire, List<ConnectSource> sources, ConfigScope scope)
    {
        bool isExtra = wire.ExtraSourceAddresses.Count > 0;
        ConfigScope place = scope.Field(isExtra ? "extra_source_addresses" : "additional_source_addresses");
        if (isExtra && wire.AdditionalSourceAddresses.Count > 0)
        {
            place.Error("found together with additional_source_addresses, its old form; expected one of the two");
        }
        else if (sources.Count > 1 && wire.SourceAddress is null)
        {
            place.Error("found without source_address; expected that too");
        }
        else if (sources.Count > 2)
        {
            place.Error($"found {sources.Count - 1} addresses, expected at most one");
        }
        else if (sources.Count == 2 && sources[0].Address is { } first && sources[1].Address is { } second && first.Kind == second.Kind)
        {
            place.Error($"found {second.IpText}, of the same family as source_address; expected one IPv4 and one IPv6 address");
        }
    }

    private static NetworkAddress? Address(CoreWire.SocketAddress? wire, ConfigScope scope)
    {
        if (wire is null)
        {
            return null;
        }

        if (!NetworkAddress.TryParseIp(wire.Address, (int)wire.PortValue, out NetworkAddress? address))
        {
            scope.Field("address").Error($"found \"{wire.Address}\", expected an IPv4 or IPv6 address such as 127.0.0.1 or ::1");
        }

        return address;
    }
}
