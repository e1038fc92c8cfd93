using System.Collections.Concurrent;
using Google.Protobuf.Reflection;
using Nuncio.Validate.V1;

namespace Nuncio.Config.Validation;

/// <summary>
/// The rules of one message type, taken out of its descriptor once: every look at a descriptor's options copies them, which
/// would be most of the cost of checking a large table. Immutable, any thread.
/// </summary>
internal sealed class MessageRules
{
    private static readonly ConcurrentDictionary<MessageDescriptor, MessageRules> Known = new();

    private MessageRules(MessageDescriptor type)
    {
        Fields = [.. type.Fields.InDeclarationOrder()
            .Select(static field => (field, field.GetOptions()?.GetExtension(ValidateExtensions.Field)))];
        RequiredOneofs = [.. type.Oneofs
            .Where(static oneof => oneof.GetOptions()?.GetExtension(ValidateExtensions.Required) == true)];
    }

    /// <summary>All fields in the order of their declaration, with their rules where they have any.</summary>
    public (FieldDescriptor Field, FieldRules? Rules)[] Fields { get; }

    /// <summary>The oneofs of which one member must be set.</summary>
    public OneofDescriptor[] RequiredOneofs { get; }

    /// <summary>The rules of <paramref name="type"/>.</summary>
    public static MessageRules Of(MessageDescriptor type) => Known.GetOrAdd(type, static t => new MessageRules(t));
}
