using System.Text;
using Nuncio.Base.Buffers;
using Nuncio.Core.Streams;

namespace Nuncio.Core.Formatting;

/// <summary>
/// Puts one formatted value into the filter state. Immutable; any thread. Envoy: <c>set_filter_state.v3.FilterStateValue</c>.
/// </summary>
public sealed class FilterStateAssignment
{
    /// <summary>The key.</summary>
    public required string Key { get; init; }

    /// <summary>Makes the object of the text.</summary>
    public required FilterStateObjectMaker Maker { get; init; }

    /// <summary>Makes the text.</summary>
    public required SubstitutionFormatter Format { get; init; }

    /// <summary>Whether nothing may replace it.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Whether an empty text sets nothing.</summary>
    public bool SkipsEmpty { get; init; }

    /// <summary>Which upstream connections see it.</summary>
    public FilterStateSharing Sharing { get; init; }

    /// <summary>Sets them in their order. A text that does not fit its object sets nothing, nor does one for a key that is read-only.</summary>
    public static void ApplyAll(FilterStateAssignment[] assignments, in FormatContext context, ConnectionInfo into, ByteWriter scratch)
    {
        foreach (FilterStateAssignment assignment in assignments)
        {
            scratch.Clear();
            assignment.Format.Format(context, scratch);
            if (scratch.Length == 0 && assignment.SkipsEmpty)
            {
                continue;
            }

            if (assignment.Maker(Encoding.UTF8.GetString(scratch.Written)) is { } value)
            {
                into.FilterState ??= new FilterState();
                into.FilterState.TrySet(assignment.Key, value, assignment.IsReadOnly, assignment.Sharing);
            }
        }
    }
}
