using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;
using Nuncio.Validate.V1;

namespace Nuncio.Config.Validation;

/// <summary>
/// Holds a loaded message against the rules written in the API (see <c>api/nuncio/validate.proto</c>), into every
/// <c>Any</c> it can open. One per load, one thread.
/// </summary>
/// <remarks>
/// Silent about places the reader has already called wrong: a value that could not be read is missing, and a field that
/// seems to be missing may be the one whose name was not understood. One mistake is one error.
/// </remarks>
internal sealed class MessageValidator(LoadContext context, SourceMap sources)
{
    /// <summary>Checks <paramref name="message"/> and everything in it.</summary>
    public void Validate(IMessage message, string path)
    {
        if (message is Any any)
        {
            ValidateAny(any, path);
            return;
        }

        bool confused = context.IsConfused(path);
        MessageRules known = MessageRules.Of(message.Descriptor);
        foreach (OneofDescriptor oneof in known.RequiredOneofs)
        {
            CheckRequired(message, oneof, path, confused);
        }

        foreach ((FieldDescriptor field, FieldRules? rules) in known.Fields)
        {
            bool chosen = field.RealContainingOneof is not { } oneof || oneof.Accessor.GetCaseFieldDescriptor(message) == field;
            if (chosen)
            {
                CheckField(message, field, rules, path, confused);
            }
        }
    }

    private void ValidateAny(Any any, string path)
    {
        if (AnyDecoder.TryUnpack(any, out IMessage? inner))
        {
            Validate(inner, path);
        }
    }

    private void CheckRequired(IMessage message, OneofDescriptor oneof, string path, bool confused)
    {
        if (!confused && oneof.Accessor.GetCaseFieldDescriptor(message) is null
            && !oneof.Fields.Any(field => context.IsFailed(MessageReader.Join(path, field.Name))))
        {
            Report(path, "found none, expected one of " + string.Join(", ", oneof.Fields.Select(static f => f.Name)));
        }
    }

    private void CheckField(IMessage message, FieldDescriptor field, FieldRules? rules, string parent, bool confused)
    {
        object? value = field.Accessor.GetValue(message);
        if (rules is null && value is null or false or "" or 0 or IList { Count: 0 })
        {
            return;
        }

        string path = MessageReader.Join(parent, field.Name);
        if (field.IsMap)
        {
            CheckMap((IDictionary)value!, field, rules, path, confused);
        }
        else if (field.IsRepeated)
        {
            CheckList((IList)value!, field, rules, path, confused);
        }
        else if (value is null)
        {
            // An Any whose type is wrong is missing only because of that.
            if (rules is { Required: true } && !confused && !context.IsFailed(path + ".@type"))
            {
                Report(path, $"the field \"{field.Name}\" is missing, expected {Article(field)}");
            }
        }
        else
        {
            bool written = context.Positions.ContainsKey(path);
            bool missing = !written && field.FieldType != FieldType.Message && IsZero(value);
            if (missing && !confused && FieldChecks.Value(rules, value, field) is { } wrong)
            {
                Report(path, $"the field \"{field.Name}\" is missing" + wrong[wrong.IndexOf(", expected", StringComparison.Ordinal)..]);
                return;
            }

            CheckValue(value, field, confused && !written ? null : rules, path);
        }
    }

    private void CheckList(IList list, FieldDescriptor field, FieldRules? rules, string path, bool confused)
    {
        if (rules is not null && !(confused && list.Count == 0) && FieldChecks.Count(rules, list.Count) is { } wrong)
        {
            Report(path, wrong);
        }

        HashSet<object>? seen = rules is { Unique: true } ? [] : null;
        for (int i = 0; i < list.Count; i++)
        {
            string itemPath = path + "[" + i.ToString(CultureInfo.InvariantCulture) + "]";
            if (seen is not null && !seen.Add(list[i]!))
            {
                Report(itemPath, "found the same item a second time, expected different ones");
            }

            CheckValue(list[i]!, field, rules?.Items, itemPath);
        }
    }

    private void CheckMap(IDictionary map, FieldDescriptor field, FieldRules? rules, string path, bool confused)
    {
        if (rules is not null && !(confused && map.Count == 0) && FieldChecks.Count(rules, map.Count) is { } wrong)
        {
            Report(path, wrong);
        }

        foreach (DictionaryEntry entry in map)
        {
            string entryPath = path + "[\"" + entry.Key + "\"]";
            CheckValue(entry.Key, field.MessageType.FindFieldByNumber(1), rules?.Keys, entryPath);
            CheckValue(entry.Value!, field.MessageType.FindFieldByNumber(2), rules?.Items, entryPath);
        }
    }

    private void CheckValue(object value, FieldDescriptor field, FieldRules? rules, string path)
    {
        if (FieldChecks.Value(rules, value, field) is { } wrong)
        {
            Report(path, wrong);
        }

        // Structs have no rules, and may be large.
        if (value is IMessage message and not (Struct or Duration))
        {
            Validate(message, path);
        }
    }

    private void Report(string path, string message)
    {
        if (!context.IsFailed(path))
        {
            context.Error(sources.Find(path), path, message);
        }
    }

    // What a scalar field holds that was never set; it cannot be told from one that was set to it.
    private static bool IsZero(object value) => value switch
    {
        string text => text.Length == 0,
        ByteString bytes => bytes.IsEmpty,
        _ => Convert.ToDouble(value, CultureInfo.InvariantCulture) == 0,
    };

    private static string Article(FieldDescriptor field) =>
        field.MessageType.FullName == "google.protobuf.Duration" ? "a duration" : "an object (" + field.MessageType.FullName + ")";
}
