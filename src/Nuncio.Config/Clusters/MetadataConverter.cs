using System.Globalization;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Core.Clusters;
using CoreWire = Envoy.Config.Core.V3;

namespace Nuncio.Config.Clusters;

/// <summary>Wire metadata to <see cref="ConfigMetadata"/>. Typed metadata has no reader in this version and is left out. Stateless.</summary>
public static class MetadataConverter
{
    /// <summary>Converts; absent metadata is empty.</summary>
    public static ConfigMetadata Convert(CoreWire.Metadata? wire)
    {
        if (wire is null || wire.FilterMetadata.Count == 0)
        {
            return ConfigMetadata.Empty;
        }

        Dictionary<string, Dictionary<string, object?>> namespaces = new(StringComparer.Ordinal);
        StringBuilder canonical = new();
        foreach (string ns in wire.FilterMetadata.Keys.Order(StringComparer.Ordinal))
        {
            Text(canonical, ns);
            namespaces.Add(ns, Map(wire.FilterMetadata[ns], canonical));
        }

        return new ConfigMetadata(namespaces, canonical.ToString());
    }

    private static Dictionary<string, object?> Map(Struct wire, StringBuilder canonical)
    {
        Dictionary<string, object?> map = new(StringComparer.Ordinal);
        canonical.Append('{');
        foreach (string key in wire.Fields.Keys.Order(StringComparer.Ordinal))
        {
            Text(canonical, key);
            map.Add(key, Value(wire.Fields[key], canonical));
        }

        canonical.Append('}');
        return map;
    }

    private static object? Value(Value wire, StringBuilder canonical)
    {
        switch (wire.KindCase)
        {
            case Google.Protobuf.WellKnownTypes.Value.KindOneofCase.StringValue:
                Text(canonical, wire.StringValue);
                return wire.StringValue;
            case Google.Protobuf.WellKnownTypes.Value.KindOneofCase.NumberValue:
                canonical.Append(CultureInfo.InvariantCulture, $"{wire.NumberValue:R},");
                return wire.NumberValue;
            case Google.Protobuf.WellKnownTypes.Value.KindOneofCase.BoolValue:
                canonical.Append(wire.BoolValue ? "true," : "false,");
                return wire.BoolValue;
            case Google.Protobuf.WellKnownTypes.Value.KindOneofCase.StructValue:
                return Map(wire.StructValue, canonical);
            case Google.Protobuf.WellKnownTypes.Value.KindOneofCase.ListValue:
                return List(wire.ListValue, canonical);
            default:
                canonical.Append("null,");
                return null;
        }
    }

    private static List<object?> List(ListValue wire, StringBuilder canonical)
    {
        List<object?> list = new(wire.Values.Count);
        canonical.Append('[');
        foreach (Value value in wire.Values)
        {
            list.Add(Value(value, canonical));
        }

        canonical.Append(']');
        return list;
    }

    // The length in front makes any two different texts different, whatever they hold.
    private static void Text(StringBuilder canonical, string text) =>
        canonical.Append(CultureInfo.InvariantCulture, $"{text.Length}:").Append(text);
}
