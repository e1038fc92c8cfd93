using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;
using Nuncio.Core.Formatting;
using Nuncio.Core.Formatting.Json;

namespace Nuncio.Config.Formatting;

/// <summary>A <c>json_format</c> to a formatter: keys in byte order as Envoy prints them, templates in strings. Stateless.</summary>
public static class JsonFormatConverter
{
    /// <summary>The formatter; null after an error. <paramref name="scope"/> is the place of the Struct.</summary>
    public static SubstitutionFormatter? Convert(Struct tree, FormatterOptions options, ConfigScope scope)
    {
        int errors = scope.ErrorCount;
        JsonFormatBuilder json = new(options);
        Object(tree, json, scope);
        return scope.ErrorCount == errors ? json.Build() : null;
    }

    private static void Object(Struct tree, JsonFormatBuilder json, ConfigScope scope)
    {
        json.BeginObject();
        List<string> keys = [.. tree.Fields.Keys];
        keys.Sort(StringComparer.Ordinal);
        foreach (string key in keys)
        {
            json.Key(key);
            Any(tree.Fields[key], json, scope.Key(key));
        }

        json.EndObject();
    }

    private static void Any(Value value, JsonFormatBuilder json, ConfigScope scope)
    {
        switch (value.KindCase)
        {
            case Value.KindOneofCase.StringValue:
                if (json.Text(value.StringValue) is { } error)
                {
                    scope.Error(error);
                }

                break;
            case Value.KindOneofCase.NumberValue:
                json.Number(value.NumberValue);
                break;
            case Value.KindOneofCase.BoolValue:
                json.Boolean(value.BoolValue);
                break;
            case Value.KindOneofCase.StructValue:
                Object(value.StructValue, json, scope);
                break;
            case Value.KindOneofCase.ListValue:
                json.BeginList();
                for (int i = 0; i < value.ListValue.Values.Count; i++)
                {
                    Any(value.ListValue.Values[i], json, scope.Item(i));
                }

                json.EndList();
                break;
            default:
                json.Null();
                break;
        }
    }
}
