using System.Globalization;
using System.Text;
using Nuncio.Server.Lifecycle;

namespace Nuncio.Server.Admin.Handlers;

/// <summary>
/// <c>/memory</c>: Envoy's fields, filled with what the .NET runtime knows, and <c>total_allocated</c>, ours: every byte ever allocated,
/// by which garbage per request is measured.
/// </summary>
internal sealed class MemoryHandler : IAdminHandler
{
    /// <inheritdoc/>
    public string Path => "/memory";

    /// <inheritdoc/>
    public string Help => "print current allocation/heap usage";

    /// <inheritdoc/>
    public AdminReply Handle(AdminRequest request)
    {
        MemoryFigures memory = MemoryFigures.Read(exact: true);
        var text = new StringBuilder("{\n");
        Append(text, "allocated", memory.Live, ",");
        Append(text, "heap_size", memory.Committed, ",");
        Append(text, "pageheap_unmapped", 0, ",");
        Append(text, "pageheap_free", memory.Fragmented, ",");
        Append(text, "total_thread_cache", 0, ",");
        Append(text, "total_physical_bytes", memory.Resident, ",");
        Append(text, "total_allocated", memory.TotalAllocated, "");
        return AdminReply.Text(text.Append("}\n").ToString(), AdminReply.Json);
    }

    // Numbers of 64 bits are texts in protobuf's JSON.
    private static void Append(StringBuilder text, string name, long value, string comma) =>
        text.Append(CultureInfo.InvariantCulture, $" \"{name}\": \"{value}\"{comma}\n");
}
