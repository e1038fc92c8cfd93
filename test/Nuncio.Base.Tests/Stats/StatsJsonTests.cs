using System.Text.Json;
using Nuncio.Base.Stats;

namespace Nuncio.Base.Tests.Stats;

public sealed class StatsJsonTests
{
    private static StatsStore Sample()
    {
        var store = new StatsStore(1);
        store.Root().Counter("c1").Add(10);
        store.Root().Gauge("g1").Set(20);
        store.Root().TextReadout("t1").Set("a\"b\\c\n\u0001é");
        Histogram histogram = store.Root().Histogram("h1");
        histogram.Record(200L);
        store.Flush();
        histogram.Record(300L);
        store.Flush();
        store.Flush();
        return store;
    }

    [Fact]
    public void NoStats_IsAnEmptyList() => Assert.Equal("""{"stats":[]}""", Rendered.As(StatsFormat.Json, new StatsStore(1)));

    [Fact]
    public void NumbersAndTexts_AreNameAndValue() =>
        Assert.Equal(
            """{"stats":[{"name":"t1","value":"a\"b\\c\u000a\u0001é"},{"name":"c1","value":10},{"name":"g1","value":20}]}""",
            Rendered.As(StatsFormat.Json, Sample(), "filter=^[ctg]"));

    [Fact]
    public void Histograms_AreOneLastElement()
    {
        using JsonDocument document = JsonDocument.Parse(Rendered.As(StatsFormat.Json, Sample()));
        JsonElement stats = document.RootElement.GetProperty("stats");
        Assert.Equal(4, stats.GetArrayLength());
        JsonElement histograms = stats[3].GetProperty("histograms");
        Assert.Equal("[0,25,50,75,90,95,99,99.5,99.9,100]", histograms.GetProperty("supported_quantiles").GetRawText());
        JsonElement one = histograms.GetProperty("computed_quantiles")[0];
        Assert.Equal("h1", one.GetProperty("name").GetString());
        Assert.Equal(10, one.GetProperty("values").GetArrayLength());
        Assert.Equal("""{"cumulative":200,"interval":null}""", one.GetProperty("values")[0].GetRawText());
        Assert.Equal("""{"cumulative":310,"interval":null}""", one.GetProperty("values")[9].GetRawText());
    }

    [Fact]
    public void Buckets_AreAPlainListOfHistograms()
    {
        using JsonDocument document = JsonDocument.Parse(
            Rendered.As(StatsFormat.Json, Sample(), "type=Histograms&histogram_buckets=disjoint"));
        JsonElement one = document.RootElement.GetProperty("stats")[0].GetProperty("histograms")[0];
        Assert.Equal("h1", one.GetProperty("name").GetString());
        Assert.Equal("""{"upper_bound":250,"interval":0,"cumulative":1}""", one.GetProperty("buckets")[7].GetRawText());
        Assert.Equal("""{"upper_bound":500,"interval":0,"cumulative":1}""", one.GetProperty("buckets")[8].GetRawText());
        Assert.Equal("""{"upper_bound":1000,"interval":0,"cumulative":0}""", one.GetProperty("buckets")[9].GetRawText());
    }

    [Fact]
    public void Detailed_ShowsBinsAndPercentiles()
    {
        using JsonDocument document = JsonDocument.Parse(
            Rendered.As(StatsFormat.Json, Sample(), "type=Histograms&histogram_buckets=detailed"));
        JsonElement histograms = document.RootElement.GetProperty("stats")[0].GetProperty("histograms");
        JsonElement one = histograms.GetProperty("details")[0];
        Assert.Equal(10, histograms.GetProperty("supported_percentiles").GetArrayLength());
        Assert.Equal("h1", one.GetProperty("name").GetString());
        Assert.Equal(
            """[{"lower_bound":200,"width":10,"count":1},{"lower_bound":300,"width":10,"count":1}]""",
            one.GetProperty("totals").GetRawText());
        Assert.Equal("[]", one.GetProperty("intervals").GetRawText());
        Assert.Equal(10, one.GetProperty("percentiles").GetArrayLength());
    }

    [Theory]
    [InlineData("")]
    [InlineData("histogram_buckets=cumulative")]
    [InlineData("histogram_buckets=disjoint")]
    [InlineData("histogram_buckets=detailed")]
    [InlineData("histogram_buckets=summary")]
    public void SeveralHistograms_AreWellFormedInEveryMode(string query)
    {
        StatsStore store = Sample();
        store.Root().Histogram("h2").Record(3L);
        store.Root().Histogram("h3");
        store.Flush();

        using JsonDocument document = JsonDocument.Parse(Rendered.As(StatsFormat.Json, store, query));
        Assert.Equal(4, document.RootElement.GetProperty("stats").GetArrayLength());
    }
}
