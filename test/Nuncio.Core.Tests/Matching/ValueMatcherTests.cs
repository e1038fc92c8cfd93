using Nuncio.Core.Clusters;
using Nuncio.Core.Matching;
using Nuncio.Core.Streams;

namespace Nuncio.Core.Tests.Matching;

public sealed class ValueMatcherTests
{
    private static readonly List<object?> s_list = ["a", 2.0, null];

    [Fact]
    public void Values_AreMatchedByTheirKind()
    {
        Assert.True(ValueMatcher.Null.Matches(null));
        Assert.False(ValueMatcher.Null.Matches(""));
        Assert.True(ValueMatcher.Present(true).Matches(null));
        Assert.False(ValueMatcher.Present(false).Matches("a"));
        Assert.True(ValueMatcher.Boolean(false).Matches(false));
        Assert.False(ValueMatcher.Boolean(false).Matches(null));
        Assert.True(ValueMatcher.Number(2).Matches(2.0));
        Assert.False(ValueMatcher.Number(2).Matches("2"));
        Assert.True(ValueMatcher.Range(1, 2).Matches(1.0));
        Assert.False(ValueMatcher.Range(1, 2).Matches(2.0));
        Assert.True(Text("a").Matches("a"));
        Assert.False(Text("a").Matches(1.0));
        Assert.True(ValueMatcher.OneOf(Text("a")).Matches(s_list));
        Assert.True(ValueMatcher.OneOf(ValueMatcher.Null).Matches(s_list));
        Assert.False(ValueMatcher.OneOf(Text("b")).Matches(s_list));
        Assert.False(ValueMatcher.OneOf(Text("a")).Matches("a"));
        Assert.True(ValueMatcher.AnyOf([Text("b"), ValueMatcher.Number(2)]).Matches(2.0));
        Assert.False(ValueMatcher.AnyOf([Text("b"), ValueMatcher.Number(2)]).Matches("a"));
    }

    [Fact]
    public void Metadata_IsFoundByPath()
    {
        DynamicMetadata metadata = new();
        metadata.Set("ns", "k", "v");
        metadata.Set("ns", "deep", new Dictionary<string, object?> { ["in"] = 5.0 });
        Assert.True(new MetadataMatcher("ns", ["k"], Text("v")).Matches(metadata));
        Assert.True(new MetadataMatcher("ns", ["deep", "in"], ValueMatcher.Number(5)).Matches(metadata));
        Assert.False(new MetadataMatcher("ns", ["deep", "out"], ValueMatcher.Present(true)).Matches(metadata));
        Assert.False(new MetadataMatcher("ns", ["k", "in"], ValueMatcher.Present(true)).Matches(metadata));
        Assert.False(new MetadataMatcher("no", ["k"], ValueMatcher.Present(true)).Matches(metadata));
        Assert.False(new MetadataMatcher("ns", ["k"], ValueMatcher.Present(true)).Matches((DynamicMetadata?)null));
        Assert.True(new MetadataMatcher("ns", ["k"], Text("v")).Matches(new ConfigMetadata(new() { ["ns"] = new() { ["k"] = "v" } }, "")));
    }

    [Fact]
    public void InvertedMatcher_AlsoTurnsRoundWhatIsMissing()
    {
        DynamicMetadata metadata = new();
        metadata.Set("ns", "k", "v");
        Assert.False(new MetadataMatcher("ns", ["k"], Text("v"), invert: true).Matches(metadata));
        Assert.True(new MetadataMatcher("ns", ["k"], Text("w"), invert: true).Matches(metadata));
        Assert.True(new MetadataMatcher("ns", ["x"], Text("w"), invert: true).Matches(metadata));
        Assert.True(new MetadataMatcher("ns", ["x"], Text("w"), invert: true).Matches((DynamicMetadata?)null));
    }

    private static ValueMatcher Text(string text) => ValueMatcher.Text(new StringMatcher(StringMatchKind.Exact, text));
}
