using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Nuncio.Server.Admin.Handlers;

/// <summary>
/// <c>/config_dump</c>: what runs, as wire messages in JSON. Envoy's page: "Administration interface", config_dump.
/// </summary>
internal sealed class ConfigDumpHandler(AdminContext context) : IAdminHandler
{
    private readonly ConfigDumpSections _sections = new(context);

    /// <inheritdoc/>
    public string Path => "/config_dump";

    /// <inheritdoc/>
    public string Help => "dump current configuration";

    /// <inheritdoc/>
    public IReadOnlyList<AdminParameter> Parameters { get; } =
    [
        new("resource", "Only the items of this list, such as static_listeners"),
        new("mask", "Only these fields, as a google.protobuf.FieldMask; with resource it applies to each item"),
        new("name_regex", "Only what has a name that matches the whole regular expression"),
        new("include_eds", "Endpoints too", IsFlag: true),
    ];

    /// <inheritdoc/>
    public AdminReply Handle(AdminRequest request)
    {
        string? regex = request.Parameters.Value("name_regex");
        if (!NameFilter.TryParse(regex, wholeName: true, out NameFilter filter, out string error))
        {
            return AdminReply.Error(400, $"INVALID_ARGUMENT: Error while parsing name_regex from {regex}: {error}");
        }

        string? mask = request.Parameters.Value("mask");
        IEnumerable<IMessage> sections = _sections.Make(filter, request.Parameters.Has("include_eds"));
        return request.Parameters.Value("resource") is { } resource
            ? OneList(sections, resource, mask)
            : Everything(sections, mask);
    }

    private static AdminReply Everything(IEnumerable<IMessage> sections, string? mask)
    {
        if (mask is null)
        {
            return Dump(sections);
        }

        var masked = new List<IMessage>();
        foreach (IMessage section in sections)
        {
            // A mask that does not fit this section is meant for another.
            if (MessageMask.TryApply(mask, section) is { } left)
            {
                masked.Add(left);
            }
        }

        return masked.Count > 0
            ? Dump(masked)
            : AdminReply.Error(400, $"FieldMask {mask} could not be successfully applied to any configs.");
    }

    private static AdminReply OneList(IEnumerable<IMessage> sections, string resource, string? mask)
    {
        foreach (IMessage section in sections)
        {
            FieldDescriptor? field = section.Descriptor.FindFieldByName(resource);
            if (field is null)
            {
                continue;
            }

            if (!field.IsRepeated || field.FieldType != FieldType.Message)
            {
                return AdminReply.Error(400, $"{resource} is not a repeated field. Use ?mask={resource} to get only this field");
            }

            var items = new List<IMessage>();
            foreach (IMessage item in (System.Collections.IList)field.Accessor.GetValue(section))
            {
                IMessage? left = mask is null ? item : MessageMask.TryApplyThroughAny(mask, item);
                if (left is null)
                {
                    return AdminReply.Error(400, $"FieldMask {MessageMask.Describe(mask!)} could not be successfully used.");
                }

                items.Add(left);
            }

            return Dump(items);
        }

        return AdminReply.Error(404, $"{resource} not found in config dump");
    }

    private static PiecesReply Dump(IEnumerable<IMessage> configs) =>
        new(ProtoJson.List("configs", configs.Select(static c => Any.Pack(c))), AdminReply.Json);
}
