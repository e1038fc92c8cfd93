using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Loading;
using Nuncio.Core.Formatting;
using Nuncio.Core.Streams;
using Wire = Envoy.Extensions.Filters.Common.SetFilterState.V3.FilterStateValue;

namespace Nuncio.Config.Formatting;

/// <summary>Wire messages to values for the filter state. Stateless; any thread.</summary>
public static class FilterStateAssignmentConverter
{
    /// <summary>The values of a list; null after an error.</summary>
    public static FilterStateAssignment[]? ConvertAll(IReadOnlyList<Wire> wires, FactoryContext context, ConfigScope scope)
    {
        var values = new List<FilterStateAssignment>(wires.Count);
        for (int i = 0; i < wires.Count; i++)
        {
            if (Convert(wires[i], context, scope.Item(i)) is { } value)
            {
                values.Add(value);
            }
        }

        return values.Count == wires.Count ? [.. values] : null;
    }

    private static FilterStateAssignment? Convert(Wire wire, FactoryContext context, ConfigScope scope)
    {
        bool isNamed = wire.FactoryKey.Length > 0;
        string kind = isNamed ? wire.FactoryKey : wire.ObjectKey;
        FilterStateObjectMaker? maker = FilterStateObjects.Find(kind);
        if (maker is null)
        {
            string? nearest = NearestName.Find(kind, FilterStateObjects.Kinds);
            string hint = nearest is null ? "" : $"; did you mean \"{nearest}\"?";
            scope.Field(isNamed ? "factory_key" : "object_key").Error(isNamed
                ? $"found \"{kind}\", which is no kind of object{hint}"
                : $"\"{kind}\" is no well-known key; expected a factory_key, such as envoy.string for a plain text{hint}");
        }

        ConfigScope place = scope.Field("format_string");
        if (wire.FormatString is null)
        {
            place.Error("is missing; expected the value");
            return null;
        }

        SubstitutionFormatter? format = SubstitutionFormatConverter.Convert(wire.FormatString, context, place);
        return maker is null || format is null ? null : new FilterStateAssignment
        {
            Key = wire.ObjectKey,
            Maker = maker,
            Format = format,
            IsReadOnly = wire.ReadOnly,
            SkipsEmpty = wire.SkipIfEmpty,
            Sharing = (FilterStateSharing)wire.SharedWithUpstream,
        };
    }
}
