using System.Text;
using Nuncio.Core.Matching;
using Nuncio.Core.Tests.Routing;

namespace Nuncio.Core.Tests.Matching;

/// <summary>Tests on texts.</summary>
public sealed class StringMatcherTests
{
    [Theory]
    [InlineData(StringMatchKind.Exact, "abc", false, "abc", true)]
    [InlineData(StringMatchKind.Exact, "abc", false, "ABC", false)]
    [InlineData(StringMatchKind.Exact, "aBc", true, "AbC", true)]
    [InlineData(StringMatchKind.Exact, "abc", true, "abcd", false)]
    [InlineData(StringMatchKind.Exact, "", false, "", true)]
    [InlineData(StringMatchKind.Exact, "", false, "a", false)]
    [InlineData(StringMatchKind.Prefix, "ab", false, "abc", true)]
    [InlineData(StringMatchKind.Prefix, "ab", false, "a", false)]
    [InlineData(StringMatchKind.Prefix, "AB", true, "abc", true)]
    [InlineData(StringMatchKind.Suffix, "bc", false, "abc", true)]
    [InlineData(StringMatchKind.Suffix, "bc", false, "abcd", false)]
    [InlineData(StringMatchKind.Suffix, "BC", true, "abc", true)]
    [InlineData(StringMatchKind.Contains, "bc", false, "abcd", true)]
    [InlineData(StringMatchKind.Contains, "bd", false, "abcd", false)]
    [InlineData(StringMatchKind.Contains, "BC", true, "aabcd", true)]
    [InlineData(StringMatchKind.Contains, "aab", true, "AaAaB", true)]
    [InlineData(StringMatchKind.Contains, "bc", true, "b", false)]
    [InlineData(StringMatchKind.Contains, "é", true, "CAFé", true)]
    [InlineData(StringMatchKind.Exact, "é!", true, "é!", true)]
    [InlineData(StringMatchKind.Exact, "[", true, "{", false)]
    public void Text_IsMatchedByKindAndCase(StringMatchKind kind, string pattern, bool ignoreCase, string text, bool expected) =>
        Assert.Equal(expected, new StringMatcher(kind, pattern, ignoreCase).Matches(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Regex_MustMatchAll()
    {
        var matcher = new StringMatcher(TestRoutes.Regex("a+"));
        Assert.True(matcher.Matches("aaa"));
        Assert.False(matcher.Matches("aaab"));
    }

    [Fact]
    public void ContainsWithoutCase_StaysQuickOnHostileText()
    {
        var matcher = new StringMatcher(StringMatchKind.Contains, new string('a', 50) + "b", ignoreCase: true);
        Assert.False(matcher.Matches(Encoding.UTF8.GetBytes(new string('A', 100_000))));
    }
}
