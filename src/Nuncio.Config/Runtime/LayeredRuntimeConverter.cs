using System.Globalization;
using Envoy.Config.Bootstrap.V3;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;
using Nuncio.Core.Runtime;
using CoreLayer = Nuncio.Core.Runtime.RuntimeLayer;
using CoreRuntime = Nuncio.Core.Runtime.LayeredRuntime;
using WireLayer = Envoy.Config.Bootstrap.V3.RuntimeLayer;
using WireRuntime = Envoy.Config.Bootstrap.V3.LayeredRuntime;

namespace Nuncio.Config.Runtime;

/// <summary>The bootstrap's <c>layered_runtime</c> to runtime values. Stateless; any thread.</summary>
public static class LayeredRuntimeConverter
{
    private const int MaxDepth = 64;

    /// <summary>
    /// The runtime of a bootstrap. Without <c>layered_runtime</c> there is one layer, the operator's, as in Envoy. Null after an
    /// error; <paramref name="scope"/> is the place of the field.
    /// </summary>
    public static CoreRuntime? Convert(WireRuntime? message, ConfigScope scope)
    {
        if (message is null)
        {
            return new CoreRuntime([AdminLayer("admin")]);
        }

        int before = scope.ErrorCount;
        var layers = new List<CoreLayer>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        bool hasAdmin = false;
        for (int i = 0; i < message.Layers.Count; i++)
        {
            WireLayer layer = message.Layers[i];
            ConfigScope place = scope.Field("layers").Item(i);
            if (!names.Add(layer.Name))
            {
                place.Field("name").Error($"duplicate layer name '{layer.Name}'");
            }

            switch (layer.LayerSpecifierCase)
            {
                case WireLayer.LayerSpecifierOneofCase.StaticLayer:
                    layers.Add(new CoreLayer(layer.Name, Flatten(layer.StaticLayer, place.Field("static_layer"))));
                    break;
                case WireLayer.LayerSpecifierOneofCase.AdminLayer:
                    if (hasAdmin)
                    {
                        place.Field("admin_layer").Error("found a second admin layer, expected at most one");
                    }

                    hasAdmin = true;
                    layers.Add(AdminLayer(layer.Name));
                    break;
                default:
                    place.Error("found a layer of no kind, expected static_layer or admin_layer");
                    break;
            }
        }

        return scope.ErrorCount == before ? new CoreRuntime(layers) : null;
    }

    private static CoreLayer AdminLayer(string name) => new(name, new Dictionary<string, RuntimeEntry>(), IsAdmin: true);

    private static Dictionary<string, RuntimeEntry> Flatten(Struct tree, ConfigScope scope)
    {
        var values = new Dictionary<string, RuntimeEntry>(StringComparer.Ordinal);
        Walk(tree, "", scope, values, 0);
        return values;
    }

    private static void Walk(Struct tree, string prefix, ConfigScope scope, Dictionary<string, RuntimeEntry> values, int depth)
    {
        if (depth > MaxDepth)
        {
            scope.Error($"values are nested more than {MaxDepth} deep");
            return;
        }

        foreach ((string name, Value value) in tree.Fields)
        {
            string key = prefix.Length == 0 ? name : prefix + "." + name;
            ConfigScope place = scope.Key(name);
            switch (value.KindCase)
            {
                case Value.KindOneofCase.NumberValue:
                    values[key] = RuntimeEntry.FromNumber(value.NumberValue, value.NumberValue.ToString("R", CultureInfo.InvariantCulture));
                    break;
                case Value.KindOneofCase.BoolValue:
                    values[key] = RuntimeEntry.FromBoolean(value.BoolValue);
                    break;
                case Value.KindOneofCase.StringValue:
                    values[key] = RuntimeEntry.FromText(value.StringValue);
                    break;
                case Value.KindOneofCase.StructValue when TryFraction(value.StructValue, out FractionalPercent fraction):
                    values[key] = RuntimeEntry.FromFraction(fraction, value.StructValue.ToString());
                    break;
                case Value.KindOneofCase.StructValue:
                    Walk(value.StructValue, key, place, values, depth + 1);
                    break;
                default:
                    place.Error("found a list or null, expected a number, a boolean, a text, a share or further keys");
                    break;
            }
        }
    }

    /// <summary>Envoy: an object with a numerator or a denominator is a share, not an edge of the tree.</summary>
    private static bool TryFraction(Struct tree, out FractionalPercent fraction)
    {
        fraction = default;
        if (!tree.Fields.ContainsKey("numerator") && !tree.Fields.ContainsKey("denominator"))
        {
            return false;
        }

        uint numerator = 0;
        uint denominator = 100;
        foreach ((string name, Value value) in tree.Fields)
        {
            switch (name)
            {
                case "numerator" when value.KindCase == Value.KindOneofCase.NumberValue && value.NumberValue is >= 0 and <= uint.MaxValue:
                    numerator = (uint)value.NumberValue;
                    break;
                case "denominator" when Denominator(value.StringValue) is { } known:
                    denominator = known;
                    break;
                default:
                    return false;
            }
        }

        fraction = new FractionalPercent(numerator, denominator);
        return true;
    }

    private static uint? Denominator(string name) => name switch
    {
        "HUNDRED" => 100,
        "TEN_THOUSAND" => 10_000,
        "MILLION" => 1_000_000,
        _ => null,
    };
}
