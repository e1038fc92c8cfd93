using System.Text;
using Envoy.Config.Core.V3;
using Nuncio.Config.Errors;
using Nuncio.Core.Formatting;
using Nuncio.Core.Matching;
using Nuncio.Core.Routing;
using Append = Envoy.Config.Core.V3.HeaderValueOption.Types.HeaderAppendAction;

namespace Nuncio.Config.Routes;

/// <summary>Lists of headers to add and to remove to header mutations. Stateless; any thread.</summary>
public static class HeaderMutationConverter
{
    /// <summary>
    /// The mutations; null when both lists are empty. What is wrong is left out and reported.
    /// </summary>
    /// <param name="add">Headers to add.</param>
    /// <param name="remove">Names of headers to remove.</param>
    /// <param name="formatting">What templates in values may use.</param>
    /// <param name="addScope">Place of the first list.</param>
    /// <param name="removeScope">Place of the second.</param>
    public static HeaderMutations? Convert(
        IReadOnlyList<HeaderValueOption> add,
        IReadOnlyList<string> remove,
        FormatterOptions formatting,
        ConfigScope addScope,
        ConfigScope removeScope)
    {
        if (add.Count == 0 && remove.Count == 0)
        {
            return null;
        }

        if (add.Count > HeaderMutations.MaxAdditions)
        {
            addScope.Error($"found {add.Count} headers, expected at most {HeaderMutations.MaxAdditions}");
            return null;
        }

        var additions = new List<HeaderAddition>(add.Count);
        for (int i = 0; i < add.Count; i++)
        {
            if (ConvertAddition(add[i], formatting, addScope.Item(i)) is { } addition)
            {
                additions.Add(addition);
            }
        }

        var removals = new List<HeaderKey>(remove.Count);
        for (int i = 0; i < remove.Count; i++)
        {
            if (TryKey(remove[i], removeScope.Item(i), "removed", out HeaderKey key))
            {
                removals.Add(key);
            }
        }

        return new HeaderMutations(removals, additions);
    }

    private static HeaderAddition? ConvertAddition(HeaderValueOption option, FormatterOptions formatting, ConfigScope scope)
    {
        if (option.Header is not { } header)
        {
            scope.Field("header").Error("found nothing, expected a header");
            return null;
        }

        bool good = TryKey(header.Key, scope.Field("header").Field("key"), "added", out HeaderKey key);
        if (!header.RawValue.IsEmpty)
        {
            scope.Field("header").Field("raw_value").Error("not supported by this version here; use value");
            return null;
        }

        SubstitutionFormatter? formatter = null;
        if (header.Value.Contains('%')
            && !SubstitutionFormatter.TryParse(header.Value, formatting with { OmitEmptyValues = true }, out formatter, out string? error))
        {
            scope.Field("header").Field("value").Error(error);
            return null;
        }

        good &= TryAction(option, scope, out HeaderAppendAction action);
        byte[]? constant = formatter is null ? Encoding.UTF8.GetBytes(header.Value) : null;
        return good ? new HeaderAddition(key, constant, formatter, action, option.KeepEmptyValue) : null;
    }

    private static bool TryAction(HeaderValueOption option, ConfigScope scope, out HeaderAppendAction action)
    {
        action = option.AppendAction switch
        {
            Append.AddIfAbsent => HeaderAppendAction.AddIfAbsent,
            Append.OverwriteIfExistsOrAdd => HeaderAppendAction.OverwriteOrAdd,
            Append.OverwriteIfExists => HeaderAppendAction.OverwriteIfExists,
            _ => HeaderAppendAction.AppendOrAdd,
        };
        if (option.Append is not { } append)
        {
            return true;
        }

        if (action != HeaderAppendAction.AppendOrAdd)
        {
            scope.Field("append").Error("found both append and append_action, expected only append_action");
            return false;
        }

        action = append ? HeaderAppendAction.AppendOrAdd : HeaderAppendAction.OverwriteOrAdd;
        return true;
    }

    /// <summary>
    /// Envoy: pseudo headers and host have fields of their own that change them; here they would break what depends on them.
    /// </summary>
    private static bool TryKey(string name, ConfigScope scope, string verb, out HeaderKey key)
    {
        if (name.StartsWith(':') || name.Equals("host", StringComparison.OrdinalIgnoreCase))
        {
            key = default;
            scope.Error($"found '{name}'; headers that begin with a colon and host cannot be {verb} here");
            return false;
        }

        if (HeaderKey.TryCreate(name, out key))
        {
            return true;
        }

        scope.Error($"found '{name}', expected a header name");
        return false;
    }
}
