using System.Text;
using Nuncio.Base.Buffers;
using Nuncio.Core.Matching;
using Nuncio.Core.Tests.Routing;

namespace Nuncio.Core.Tests.Matching;

/// <summary>Replacing matches as RE2 does.</summary>
public sealed class RegexRewriteTests
{
    [Theory]
    [InlineData("a", "b", "banana", "bbnbnb")]
    [InlineData("a*", "-", "baac", "-b-c-")]
    [InlineData(".*", "X", "/foo", "X")]
    [InlineData("(.*)", @"<\1>", "/foo", "</foo>")]
    [InlineData("a*", @"<\0>", "baac", "<>b<aa>c<>")]
    [InlineData("(a)(b)?", @"\2\1", "aab", "aba")]
    [InlineData("(?P<x>a)(b)", @"\2\1", "ab", "ba")]
    [InlineData("a", @"\\", "a", @"\")]
    [InlineData("é", "e", "café", "cafe")]
    [InlineData("x", "é", "axb", "aéb")]
    [InlineData("x", "y", "", "")]
    public void Replace_FollowsRe2(string pattern, string substitution, string text, string expected)
    {
        var into = new ByteWriter();
        TestRoutes.Rewrite(pattern, substitution).Replace(Encoding.UTF8.GetBytes(text), into);
        Assert.Equal(expected, Encoding.UTF8.GetString(into.Written));
    }

    [Fact]
    public void TextThatIsNotUtf8_StaysAsItIs()
    {
        var into = new ByteWriter();
        TestRoutes.Rewrite("a", "b").Replace([0x61, 0xFF], into);
        Assert.Equal([0x61, 0xFF], into.Written.ToArray());
    }

    [Fact]
    public void LongText_IsReplacedToo()
    {
        var into = new ByteWriter();
        TestRoutes.Rewrite("a", "bc").Replace(Encoding.UTF8.GetBytes(new string('a', 5_000)), into);
        Assert.Equal(10_000, into.Length);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("(x)")]
    public void LongSubstitutionWrittenOften_IsCut(string pattern)
    {
        var into = new ByteWriter();
        into.Append("before"u8);
        TestRoutes.Rewrite(pattern, new string('s', 10_000) + (pattern == "x" ? "" : @"\1")).Replace(Encoding.UTF8.GetBytes(new string('x', 60_000)), into);
        Assert.Equal((1024 * 1024) + "before".Length, into.Length);
    }

    [Theory]
    [InlineData("a", @"\1")]
    [InlineData("(a)", @"\2")]
    [InlineData("a", @"\x")]
    [InlineData("a", @"\")]
    public void SubstitutionThatDoesNotFit_IsRefused(string pattern, string substitution)
    {
        Assert.False(RegexRewrite.TryCreate(TestRoutes.Regex(pattern), substitution, out _, out string error));
        Assert.NotEmpty(error);
    }
}
