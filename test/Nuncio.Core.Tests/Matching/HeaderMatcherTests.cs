using Nuncio.Core.Matching;
using Nuncio.Core.Tests.Routing;

namespace Nuncio.Core.Tests.Matching;

/// <summary>Tests on headers.</summary>
public sealed class HeaderMatcherTests
{
    [Theory]
    [InlineData(true, false, false, true, true)]
    [InlineData(true, false, false, false, false)]
    [InlineData(false, false, false, true, false)]
    [InlineData(false, false, false, false, true)]
    [InlineData(true, true, false, true, false)]
    [InlineData(true, true, false, false, true)]
    [InlineData(false, true, false, true, true)]
    [InlineData(false, true, false, false, false)]
    [InlineData(true, false, true, false, true)]
    [InlineData(false, false, true, false, false)]
    public void Presence_FollowsPresentInvertAndMissingIsEmpty(bool present, bool invert, bool missingIsEmpty, bool there, bool expected)
    {
        var request = new TestRequest();
        if (there)
        {
            request.With("x-a", "1");
        }

        Assert.Equal(expected, HeaderMatcher.Presence(TestRoutes.Key("x-a"), present, invert, missingIsEmpty).Matches(request.Headers));
    }

    [Theory]
    [InlineData("-10", true)]
    [InlineData("-1", true)]
    [InlineData("0", false)]
    [InlineData("-11", false)]
    [InlineData("-5.5", false)]
    [InlineData("somestring", false)]
    [InlineData("", false)]
    [InlineData("99999999999999999999", false)]
    public void Range_TakesIntegersInside(string value, bool expected) =>
        Assert.Equal(expected, HeaderMatcher.Range(TestRoutes.Key("x-a"), -10, 0).Matches(new TestRequest().With("x-a", value).Headers));

    [Fact]
    public void SeveralValues_AreJoinedWithCommas()
    {
        TestRequest request = new TestRequest().With("x-a", "1").With("x-b", "").With("x-a", "2");
        Assert.True(Exact("x-a", "1,2").Matches(request.Headers));
        Assert.False(Exact("x-a", "1").Matches(request.Headers));
        Assert.False(Exact("x-a", "1, 2").Matches(request.Headers));
    }

    [Fact]
    public void Invert_OfAMissingHeaderIsNoMatch()
    {
        HeaderMatcher inverted = HeaderMatcher.Text(TestRoutes.Key("x-a"), new StringMatcher(StringMatchKind.Exact, "1"), invert: true);
        Assert.False(inverted.Matches(new TestRequest().Headers));
        Assert.False(inverted.Matches(new TestRequest().With("x-a", "1").Headers));
        Assert.True(inverted.Matches(new TestRequest().With("x-a", "2").Headers));
    }

    [Fact]
    public void MissingIsEmpty_MatchesTheEmptyText()
    {
        StringMatcher empty = new(StringMatchKind.Exact, "");
        Assert.True(HeaderMatcher.Text(TestRoutes.Key("x-a"), empty, missingIsEmpty: true).Matches(new TestRequest().Headers));
        Assert.False(HeaderMatcher.Text(TestRoutes.Key("x-a"), empty).Matches(new TestRequest().Headers));
        Assert.True(HeaderMatcher.Text(TestRoutes.Key("x-a"), new StringMatcher(StringMatchKind.Exact, "1"), invert: true, missingIsEmpty: true)
            .Matches(new TestRequest().Headers));
    }

    [Theory]
    [InlineData(":method", "GET")]
    [InlineData(":authority", "example.com")]
    [InlineData("Host", "example.com")]
    [InlineData("X-Mixed-Case", "v")]
    public void Name_MayBePseudoOrOfAnyCase(string name, string value) =>
        Assert.True(Exact(name, value).Matches(new TestRequest().With("x-mixed-case", "v").Headers));

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("a b")]
    [InlineData("a:b")]
    [InlineData("é")]
    [InlineData("a\r\n")]
    public void BadName_IsNoKey(string name) => Assert.False(HeaderKey.TryCreate(name, out _));

    [Fact]
    public void AnyText_NeedsTheHeader()
    {
        Assert.True(HeaderMatcher.AnyText(TestRoutes.Key("x-a")).Matches(new TestRequest().With("x-a", "whatever").Headers));
        Assert.False(HeaderMatcher.AnyText(TestRoutes.Key("x-a")).Matches(new TestRequest().Headers));
    }

    private static HeaderMatcher Exact(string name, string value) =>
        HeaderMatcher.Text(TestRoutes.Key(name), new StringMatcher(StringMatchKind.Exact, value));
}
