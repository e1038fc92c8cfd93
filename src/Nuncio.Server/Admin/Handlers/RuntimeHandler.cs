using Google.Protobuf.WellKnownTypes;
using Nuncio.Core.Runtime;

namespace Nuncio.Server.Admin.Handlers;

/// <summary><c>/runtime</c>: runtime values, layer by layer and as they come out.</summary>
internal sealed class RuntimeHandler(AdminContext context) : IAdminHandler
{
    /// <inheritdoc/>
    public string Path => "/runtime";

    /// <inheritdoc/>
    public string Help => "print runtime values";

    /// <inheritdoc/>
    public AdminReply Handle(AdminRequest request)
    {
        RuntimeSnapshot snapshot = context.Runtime.Snapshot;
        var layers = new ListValue();
        foreach (RuntimeLayer layer in snapshot.Layers)
        {
            layers.Values.Add(Value.ForString(layer.Name));
        }

        var entries = new Struct();
        foreach (string key in snapshot.Values.Keys.Order(StringComparer.Ordinal))
        {
            entries.Fields.Add(key, Value.ForStruct(Entry(snapshot, key)));
        }

        var all = new Struct();
        all.Fields.Add("layers", new Value { ListValue = layers });
        all.Fields.Add("entries", Value.ForStruct(entries));
        return AdminReply.Text(ProtoJson.Format(all) + "\n", AdminReply.Json);
    }

    private static Struct Entry(RuntimeSnapshot snapshot, string key)
    {
        var values = new ListValue();
        foreach (RuntimeLayer layer in snapshot.Layers)
        {
            values.Values.Add(Value.ForString(layer.Values.TryGetValue(key, out RuntimeEntry? entry) ? entry.Text : ""));
        }

        var result = new Struct();
        result.Fields.Add("final_value", Value.ForString(snapshot.Values[key].Text));
        result.Fields.Add("layer_values", new Value { ListValue = values });
        return result;
    }
}
