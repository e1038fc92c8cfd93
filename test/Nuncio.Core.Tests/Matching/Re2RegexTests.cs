using System.Diagnostics;
using System.Text;
using Nuncio.Core.Matching;
using Nuncio.Core.Tests.Routing;

namespace Nuncio.Core.Tests.Matching;

/// <summary>RE2's language on .NET's engine.</summary>
public sealed class Re2RegexTests
{
    [Theory]
    [InlineData("abc", "abc", true)]
    [InlineData("a|ab", "ab", true)]
    [InlineData("a(b|c)*d", "abcbcd", true)]
    [InlineData("a.c", "a\nc", false)]
    [InlineData("(?s)a.c", "a\nc", true)]
    [InlineData("[^a]", "\n", true)]
    [InlineData("abc$", "abc\n", false)]
    [InlineData("(?m)a$\nb", "a\nb", true)]
    [InlineData("(?m)a\n^b", "a\nb", true)]
    [InlineData(@"\d+", "123", true)]
    [InlineData(@"\d", "٣", false)]
    [InlineData(@"\w+", "a_Z9", true)]
    [InlineData(@"\w", "é", false)]
    [InlineData(@"\W", "é", true)]
    [InlineData(@"\s", "\v", false)]
    [InlineData(@"[\d\-x]+", "1-x", true)]
    [InlineData(@"[\D]", "1", false)]
    [InlineData("[a-]", "-", true)]
    [InlineData("[]a]", "]", true)]
    [InlineData("[^]a]", "b", true)]
    [InlineData("[[:alpha:]]+", "abC", true)]
    [InlineData("[[:^alpha:]]", "1", true)]
    [InlineData("[a-z-[aeiou]]", "e]", true)]
    [InlineData("(?i)ABC", "aBc", true)]
    [InlineData("(?i:a)b", "Ab", true)]
    [InlineData("(?i:a)b", "AB", false)]
    [InlineData("a(?i)b|c", "aB", true)]
    [InlineData("(?i)[a-c]+", "AbC", true)]
    [InlineData("(?P<name>a)b", "ab", true)]
    [InlineData("(?<name>a)b", "ab", true)]
    [InlineData("a{2}", "aa", true)]
    [InlineData("a{2,3}", "aaaa", false)]
    [InlineData("a{2,}", "aaaa", true)]
    [InlineData("a{,2}", "a{,2}", true)]
    [InlineData("a{", "a{", true)]
    [InlineData("x{a}", "x{a}", true)]
    [InlineData(@"\Qa.b\E+", "a.bbb", true)]
    [InlineData(@"\Qa.b", "a.b", true)]
    [InlineData(@"\Qa+|)b\Ec", "a+|)bc", true)]
    [InlineData(@"a\Q\Eb", "ab", true)]
    [InlineData(@"\x41\x{42}", "AB", true)]
    [InlineData(@"\101", "A", true)]
    [InlineData(@"\.\*\/\-", ".*/-", true)]
    [InlineData(@"\pL+\p{Nd}", "é1", true)]
    [InlineData(@"\PL", "1", true)]
    [InlineData("#x y", "#x y", true)]
    [InlineData("é", "é", true)]
    [InlineData("😀+", "😀😀", true)]
    [InlineData(@"\bfoo\b", "foo", true)]
    [InlineData("(?U)a+(a*)", "aaa", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("()", "", true)]
    [InlineData("a||b", "", true)]
    [InlineData("[^\\x00-\\x{10FFFF}]", "a", false)]
    public void Pattern_MeansWhatRe2Means(string pattern, string text, bool expected) =>
        Assert.Equal(expected, TestRoutes.Regex(pattern).IsFullMatch(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("(?=a)")]
    [InlineData("(?!a)")]
    [InlineData("(?<=a)b")]
    [InlineData("(?<!a)b")]
    [InlineData("(?>a)")]
    [InlineData("(?#comment)")]
    [InlineData("(?(1)a|b)")]
    [InlineData("(?'name'a)")]
    [InlineData("(?x)a b")]
    [InlineData("(a)\\1")]
    [InlineData("(?P=name)")]
    [InlineData("\\k<name>")]
    [InlineData("a++")]
    [InlineData("a**")]
    [InlineData("a*{2}")]
    [InlineData("*a")]
    [InlineData("a|*")]
    [InlineData("(")]
    [InlineData(")")]
    [InlineData("a)(b")]
    [InlineData("(a")]
    [InlineData("[a")]
    [InlineData("[z-a]")]
    [InlineData("[[:nope:]]")]
    [InlineData("\\")]
    [InlineData("\\Z")]
    [InlineData("\\G")]
    [InlineData("\\y")]
    [InlineData("\\u0041")]
    [InlineData("\\cA")]
    [InlineData("\\x{110000}")]
    [InlineData("\\x4")]
    [InlineData("\\p{Nope}")]
    [InlineData("\\C")]
    [InlineData("a{1001}")]
    [InlineData("a{2,1}")]
    [InlineData("a{99999999999}")]
    [InlineData("(?P<n>a)(?P<n>b)")]
    [InlineData("(?P<n-1>a)")]
    [InlineData("(?i")]
    [InlineData("(?)a")]
    public void PatternThatRe2Refuses_IsRefusedWithItsPlace(string pattern)
    {
        Assert.False(Re2Regex.TryCompile(pattern, out _, out string error));
        Assert.Contains("(at character ", error);
    }

    [Fact]
    public void TooLargeAProgram_IsRefused()
    {
        Assert.False(Re2Regex.TryCompile("(a{500}){500}", out _, out string error, ulong.MaxValue));
        Assert.False(Re2Regex.TryCompile(new string('a', 200), out _, out error));
        Assert.Contains("re2.max_program_size.error_level", error);
        Assert.True(Re2Regex.TryCompile(new string('a', 200), out _, out _, 1000));
        Assert.False(Re2Regex.TryCompile(new string('a', 20_000), out _, out _, ulong.MaxValue));
        Assert.False(Re2Regex.TryCompile(new string('(', 5_000) + new string(')', 5_000), out _, out _, ulong.MaxValue));
    }

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("(a|aa)+$")]
    [InlineData("(.*)*(.*)*(.*)*x")]
    [InlineData("([a-zA-Z]+)*[0-9]")]
    public void CatastrophicPattern_TakesLinearTime(string pattern)
    {
        Re2Regex regex = TestRoutes.Regex(pattern);
        byte[] text = Encoding.ASCII.GetBytes(new string('a', 50_000) + "!");
        long start = Stopwatch.GetTimestamp();
        Assert.False(regex.IsFullMatch(text));

        // A backtracking engine needs longer than the age of the universe; ten seconds forgive any machine.
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void TextThatIsNotUtf8_MatchesNothing()
    {
        Assert.False(TestRoutes.Regex(".*").IsFullMatch([0x61, 0xFF]));
        Assert.False(TestRoutes.Regex("[^a]*").IsFullMatch([0xC3]));
        Assert.True(TestRoutes.Regex(".*").IsFullMatch([0xC3, 0xA9]));
    }
}
