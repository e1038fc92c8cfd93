using System.Buffers;
using System.Text;
using Nuncio.Base.Stats;

namespace Nuncio.Base.Tests.Stats;

/// <summary>What a query shows of a store, as one string.</summary>
internal static class Rendered
{
    internal static string As(StatsFormat format, StatsStore store, string query = "")
    {
        Assert.True(StatsQuery.TryParse(query, format, out StatsQuery parsed, out string error), error);
        var output = new ArrayBufferWriter<byte>();
        StatsRenderer.Create(store, parsed).WriteAll(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
