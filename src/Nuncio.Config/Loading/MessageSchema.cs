using System.Collections.Concurrent;
using Google.Protobuf.Reflection;
using Nuncio.Validate.V1;

namespace Nuncio.Config.Loading;

/// <summary>
/// What the loader needs to know of one message type: its fields by both spellings, and the fields that the type has in
/// Envoy but not here. Built once per type on first use, immutable, any thread.
/// </summary>
internal sealed class MessageSchema
{
    private static readonly ConcurrentDictionary<MessageDescriptor, MessageSchema> Known = new();

    private readonly Dictionary<string, FieldDescriptor> _fields = [];
    private readonly Dictionary<string, int> _envoyOnly = [];

    private MessageSchema(MessageDescriptor descriptor)
    {
        Descriptor = descriptor;
        foreach (FieldDescriptor field in descriptor.Fields.InDeclarationOrder())
        {
            _fields[field.Name] = field;
            _fields[field.JsonName] = field;
        }

        string absent = descriptor.GetOptions()?.GetExtension(ValidateExtensions.EnvoyOnly) ?? "";
        foreach (string word in absent.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int colon = word.IndexOf(':');
            _envoyOnly[word[..colon]] = int.Parse(word.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    /// <summary>The type.</summary>
    public MessageDescriptor Descriptor { get; }

    /// <summary>
    /// The field whose <c>Any</c> may be of an unknown type where the message says <c>is_optional</c>; null for messages that cannot
    /// say so.
    /// </summary>
    public string? OptionalExtension => Descriptor.FindFieldByName("is_optional") is null
        ? null
        : (Descriptor.FindFieldByName("typed_config") ?? Descriptor.FindFieldByName("config"))?.Name;

    /// <summary>The schema of <paramref name="descriptor"/>.</summary>
    public static MessageSchema Of(MessageDescriptor descriptor) => Known.GetOrAdd(descriptor, static d => new MessageSchema(d));

    /// <summary>The field written as <paramref name="name"/>, in snake_case or lowerCamelCase; null when there is none.</summary>
    public FieldDescriptor? Find(string name) => _fields.GetValueOrDefault(name);

    /// <summary>Why <paramref name="name"/> is no field, and which one was meant.</summary>
    public string DescribeUnknown(string name)
    {
        string snake = ToSnakeCase(name);
        if (_envoyOnly.ContainsKey(snake))
        {
            return $"the field \"{snake}\" of {Descriptor.FullName} is not supported by this version";
        }

        IEnumerable<string> names = Descriptor.Fields.InDeclarationOrder().Select(static f => f.Name).Concat(_envoyOnly.Keys);
        string suggestion = NearestName.Find(snake, names) is { } best
            ? $"; did you mean \"{best}\"?{(_envoyOnly.ContainsKey(best) ? " (which is not supported by this version)" : "")}"
            : "";
        return $"found the unknown field \"{ConfigNode.Shorten(name)}\", expected a field of {Descriptor.FullName}{suggestion}";
    }

    /// <summary>The same for a binary source, which has only numbers.</summary>
    public string DescribeUnknown(int number)
    {
        foreach ((string name, int known) in _envoyOnly)
        {
            if (known == number)
            {
                return $"the field \"{name}\" of {Descriptor.FullName} is not supported by this version";
            }
        }

        return $"found the unknown field number {number}, expected a field of {Descriptor.FullName}";
    }

    private static string ToSnakeCase(string name)
    {
        System.Text.StringBuilder snake = new(name.Length + 8);
        foreach (char c in name)
        {
            if (char.IsAsciiLetterUpper(c) && snake.Length > 0 && snake[^1] != '_')
            {
                snake.Append('_');
            }

            snake.Append(c == '-' ? '_' : char.ToLowerInvariant(c));
        }

        return snake.ToString();
    }
}
