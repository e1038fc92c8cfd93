using System.Text;
using Nuncio.Core.Matching;

namespace Nuncio.Core.Tests.Matching;

/// <summary>Tests on query parameters.</summary>
public sealed class QueryMatcherTests
{
    [Theory]
    [InlineData("a=1", true)]
    [InlineData("b=2&a=1", true)]
    [InlineData("a=2&a=1", false)]
    [InlineData("a=1&a=2", true)]
    [InlineData("A=1", false)]
    [InlineData("a=%31", false)]
    [InlineData("xa=1", false)]
    [InlineData("a", false)]
    [InlineData("", false)]
    [InlineData("&&&a=1", true)]
    [InlineData("a==1", false)]
    public void FirstValue_IsTested(string query, bool expected) =>
        Assert.Equal(expected, new QueryMatcher("a", new StringMatcher(StringMatchKind.Exact, "1")).Matches(Encoding.UTF8.GetBytes(query)));

    [Theory]
    [InlineData("a", true)]
    [InlineData("a=", true)]
    [InlineData("b&a=1", true)]
    [InlineData("ab", false)]
    [InlineData("", false)]
    public void Presence_OrAbsence(string query, bool there)
    {
        Assert.Equal(there, new QueryMatcher("a", present: true).Matches(Encoding.UTF8.GetBytes(query)));
        Assert.Equal(!there, new QueryMatcher("a", present: false).Matches(Encoding.UTF8.GetBytes(query)));
    }
}
