using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Loading;

namespace Nuncio.Server.Admin.Handlers;

/// <summary>Cuts messages down to the fields of a mask, a comma list of paths such as <c>listener.name</c>. Stateless.</summary>
internal static class MessageMask
{
    /// <summary>A copy with only the fields of the mask; null when the mask does not fit the message.</summary>
    internal static IMessage? TryApply(string mask, IMessage message) => TryApply(Parse(mask), message);

    /// <summary>The same, where a path may lead into the message's one <c>Any</c>, whose content is then cut and packed again.</summary>
    internal static IMessage? TryApplyThroughAny(string mask, IMessage message)
    {
        var outer = new FieldMask();
        var inner = new FieldMask();
        FieldDescriptor? holder = null;
        foreach (string path in Parse(mask).Paths)
        {
            string first = path.Split('.')[0];
            FieldDescriptor? field = message.Descriptor.FindFieldByName(first);
            if (path.Length > first.Length && field is { IsRepeated: false, FieldType: FieldType.Message } && field.MessageType == Any.Descriptor)
            {
                holder = field;
                outer.Paths.Add(first);
                inner.Paths.Add(path[(first.Length + 1)..]);
            }
            else
            {
                outer.Paths.Add(path);
            }
        }

        IMessage? result = TryApply(outer, message);
        if (result is null || holder?.Accessor.GetValue(result) is not Any any)
        {
            return result;
        }

        IMessage? content = ApiRegistry.FindType(any.TypeUrl)?.Parser.ParseFrom(any.Value);
        if (content is null || TryApply(inner, content) is not { } left)
        {
            return null;
        }

        holder.Accessor.SetValue(result, Any.Pack(left));
        return result;
    }

    /// <summary>The mask as Envoy's error text shows it.</summary>
    internal static string Describe(string mask) => string.Concat(Parse(mask).Paths.Select(static p => $"paths: \"{p}\"\n"));

    private static IMessage? TryApply(FieldMask mask, IMessage message)
    {
        if (!FieldMask.IsValid(message.Descriptor, mask))
        {
            return null;
        }

        IMessage result = message.Descriptor.Parser.ParseFrom(ByteString.Empty);
        mask.Merge(message, result);
        return result;
    }

    // Not FieldMask.FromString, which throws for paths that are none.
    private static FieldMask Parse(string mask)
    {
        var parsed = new FieldMask();
        parsed.Paths.Add(mask.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return parsed;
    }
}
