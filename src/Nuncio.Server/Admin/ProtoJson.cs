using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;
using Nuncio.Config.Loading;

namespace Nuncio.Server.Admin;

/// <summary>Messages as the admin prints them: JSON with the field names of the .proto files, indented by one space. Stateless.</summary>
internal static class ProtoJson
{
    // Twice what the loader lets through: an Any is one level in YAML and may be two here.
    private const int MaxDepth = 256;

    // Any text may stand in JSON but quotes, backslashes and control characters; the default encoder escapes for HTML.
    private static readonly JsonWriterOptions s_layout = new() { Indented = true, IndentSize = 1, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonFormatter s_formatter = new(Settings(withDefaults: false));
    private static readonly JsonFormatter s_completeFormatter = new(Settings(withDefaults: true));

    /// <summary>One message; <paramref name="withDefaults"/> prints scalars that have their default value too.</summary>
    internal static string Format(IMessage message, bool withDefaults = false)
    {
        try
        {
            return Indent((withDefaults ? s_completeFormatter : s_formatter).Format(message));
        }
        catch (InvalidOperationException failure)
        {
            // An Any of a type that this build does not know, let pass as optional: it has no JSON form.
            return "{\n \"error\": \"" + JsonEncodedText.Encode(failure.Message) + "\"\n}";
        }
    }

    /// <summary>An object with one list, item by item, so that a long list is never one text.</summary>
    internal static IEnumerable<string> List(string name, IEnumerable<IMessage> items)
    {
        bool any = false;
        foreach (IMessage item in items)
        {
            yield return any ? ",\n  " : $"{{\n \"{name}\": [\n  ";
            any = true;

            // No text in JSON has a line end in it, so what follows one is indentation.
            yield return Format(item).Replace("\n", "\n  ", StringComparison.Ordinal);
        }

        yield return any ? "\n ]\n}\n" : "{}\n";
    }

    private static JsonFormatter.Settings Settings(bool withDefaults) =>
        new JsonFormatter.Settings(withDefaults, ApiRegistry.Types).WithPreserveProtoFieldNames(true);

    // JsonFormatter's own indentation forgets the inside of an Any.
    private static string Indent(string json)
    {
        var text = new ArrayBufferWriter<byte>();
        using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
        using (var writer = new Utf8JsonWriter(text, s_layout with { MaxDepth = MaxDepth }))
        {
            document.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(text.WrittenSpan);
    }
}
