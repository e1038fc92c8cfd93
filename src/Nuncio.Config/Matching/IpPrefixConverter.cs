using Nuncio.Config.Errors;
using Nuncio.Core.Matching;
using Nuncio.IO.Sockets;
using CoreWire = Envoy.Config.Core.V3.CidrRange;
using XdsWire = Xds.Core.V3.CidrRange;

namespace Nuncio.Config.Matching;

/// <summary>Wire messages to IP prefixes. Stateless; any thread.</summary>
public static class IpPrefixConverter
{
    /// <summary>The prefix; null after an error. <paramref name="scope"/> is the place of the CidrRange.</summary>
    public static IpPrefix? Convert(CoreWire message, ConfigScope scope) => Convert(message.AddressPrefix, message.PrefixLen, scope);

    /// <summary>The prefix; null after an error. <paramref name="scope"/> is the place of the CidrRange.</summary>
    public static IpPrefix? Convert(XdsWire message, ConfigScope scope) => Convert(message.AddressPrefix, message.PrefixLen, scope);

    /// <summary>The prefixes of a list that are right.</summary>
    public static IReadOnlyList<IpPrefix> ConvertAll(IReadOnlyList<CoreWire> messages, ConfigScope scope)
    {
        var prefixes = new List<IpPrefix>(messages.Count);
        for (int i = 0; i < messages.Count; i++)
        {
            if (Convert(messages[i], scope.Item(i)) is { } prefix)
            {
                prefixes.Add(prefix);
            }
        }

        return prefixes;
    }

    // Envoy: no length is 0, and one beyond the family's is the family's.
    private static IpPrefix? Convert(string address, uint? length, ConfigScope scope)
    {
        if (NetworkAddress.TryParseIp(address, 0, out NetworkAddress? parsed) &&
            IpPrefix.TryCreate(parsed!, (int)Math.Min(length ?? 0, 128), out IpPrefix prefix))
        {
            return prefix;
        }

        scope.Field("address_prefix").Error(
            $"found \"{address}\", expected an IPv4 or IPv6 address such as 10.0.0.0 or 2001:db8::; the length stands in prefix_len");
        return null;
    }
}
