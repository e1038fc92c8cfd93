using Nuncio.Core.Matching.Tree;
using Chains = Nuncio.Core.Tests.Listeners.Matching.Chains;
using static Nuncio.Core.Tests.Matching.Tree.Texts;

namespace Nuncio.Core.Tests.Matching.Tree;

/// <summary>Lists, maps, what is passed over and what is not there, over plain texts.</summary>
public sealed class MatchTreeTests
{
    private static readonly Texts s_ab = new() { ["a"] = "1", ["b"] = "2" };

    [Fact]
    public void List_TakesTheFirstThatMatches()
    {
        var tree = new ListTree<Texts, string>([(Is("a", "0"), To("x")), (Is("a", "1"), To("y")), (Is("b", "2"), To("z"))], To("other"));
        Assert.Equal("y", Ask(tree, s_ab));
        Assert.Equal("other", Ask(tree, new Texts { ["a"] = "5" }));
    }

    [Fact]
    public void MissingInput_MatchesNothingAndItsOppositeEverything()
    {
        Assert.Equal(MatchOutcome.NoMatch, Is("c", "").Test(s_ab));
        Assert.Equal(MatchOutcome.Matched, new NotFieldMatcher<Texts>(Is("c", "")).Test(s_ab));
    }

    [Fact]
    public void InputThatIsNotThereYet_StopsTheList()
    {
        var tree = new ListTree<Texts, string>([(Is("later", "0"), To("x")), (Is("a", "1"), To("y"))], To("other"));
        Assert.Equal("later", Ask(tree, s_ab));
        Assert.Equal("later", Ask(new ExactTree<Texts, string>(Input("later"), [Entry("1", "x")], To("other")), s_ab));
    }

    [Fact]
    public void And_Or_Not_WithWhatIsNotThereYet()
    {
        FieldMatcher<Texts> yes = Is("a", "1"), no = Is("a", "0"), later = Is("later", "");
        Assert.Equal(MatchOutcome.Matched, new AllFieldMatcher<Texts>([yes, yes]).Test(s_ab));
        Assert.Equal(MatchOutcome.NoMatch, new AllFieldMatcher<Texts>([no, later]).Test(s_ab));
        Assert.Equal(MatchOutcome.InsufficientData, new AllFieldMatcher<Texts>([yes, later, no]).Test(s_ab));
        Assert.Equal(MatchOutcome.Matched, new AnyFieldMatcher<Texts>([later, yes]).Test(s_ab));
        Assert.Equal(MatchOutcome.InsufficientData, new AnyFieldMatcher<Texts>([later, no]).Test(s_ab));
        Assert.Equal(MatchOutcome.NoMatch, new AnyFieldMatcher<Texts>([no, no]).Test(s_ab));
        Assert.Equal(MatchOutcome.NoMatch, new NotFieldMatcher<Texts>(yes).Test(s_ab));
        Assert.Equal(MatchOutcome.InsufficientData, new NotFieldMatcher<Texts>(later).Test(s_ab));
    }

    [Fact]
    public void NestedTreeWithoutResult_GoesOnInTheListAround()
    {
        var inner = new ExactTree<Texts, string>(Input("b"), [Entry("7", "x")], null);
        var tree = new ListTree<Texts, string>([(Is("a", "1"), To(inner)), (Is("a", "1"), To("y"))], null);
        Assert.Equal("y", Ask(tree, s_ab));
        Assert.Equal("x", Ask(tree, new Texts { ["a"] = "1", ["b"] = "7" }));
    }

    [Fact]
    public void KeepMatching_NotesTheActionAndGoesOn()
    {
        var inner = new AnyTree<Texts, string>(To("inner"));
        var tree = new ListTree<Texts, string>(
            [(Is("a", "1"), new("first", keepMatching: true)), (Is("a", "1"), new(inner, keepMatching: true)), (Is("b", "2"), To("last"))], null);
        var skipped = new List<string>();
        Assert.Equal("last", Ask(tree, s_ab, skipped));
        Assert.Equal(["first", "inner"], skipped);
        Assert.Equal("none", Ask(new AnyTree<Texts, string>(new("x", keepMatching: true)), s_ab));
    }

    [Fact]
    public void NothingConfigured_IsNoMatch() => Assert.Equal("none", Ask(new AnyTree<Texts, string>(null), s_ab));

    [Fact]
    public void ExactMap_LooksTheWholeTextUp()
    {
        var tree = new ExactTree<Texts, string>(Input("a"), [Entry("1", "one"), Entry("11", "eleven"), Entry("", "empty")], To("other"));
        Assert.Equal("one", Ask(tree, s_ab));
        Assert.Equal("eleven", Ask(tree, new Texts { ["a"] = "11" }));
        Assert.Equal("empty", Ask(tree, new Texts { ["a"] = "" }));
        Assert.Equal("other", Ask(tree, new Texts { ["a"] = "111" }));
        Assert.Equal("other", Ask(tree, []));
    }

    [Fact]
    public void PrefixMap_TakesTheLongestAndFallsBackOnShorter()
    {
        var dead = new ExactTree<Texts, string>(Input("b"), [Entry("7", "seven")], null);
        var tree = new PrefixTree<Texts, string>(Input("a"), [Entry("/", "root"), Entry("/a", "a"), new("/a/b", To(dead)), Entry("/abc", "abc")], To("other"));
        Assert.Equal("root", Ask(tree, new Texts { ["a"] = "/x" }));
        Assert.Equal("abc", Ask(tree, new Texts { ["a"] = "/abcd" }));
        Assert.Equal("a", Ask(tree, new Texts { ["a"] = "/a/b/c" }));
        Assert.Equal("seven", Ask(tree, new Texts { ["a"] = "/a/b/c", ["b"] = "7" }));
        Assert.Equal("other", Ask(tree, new Texts { ["a"] = "x" }));
        Assert.Equal("other", Ask(tree, []));
    }

    [Theory]
    [InlineData("a.example.com", "exact")]
    [InlineData("b.example.com", "narrow")]
    [InlineData("x.b.example.com", "narrow")]
    [InlineData("x.org.com", "wide")]
    [InlineData("com", "any")]
    [InlineData("A.EXAMPLE.COM", "any")]
    [InlineData("", "other")]
    public void Domains_FromTheNameToTheStar(string name, string action) => Assert.Equal(
        action,
        Ask(
            new DomainTree<Texts, string>(
                Input("a"), [Entry("a.example.com", "exact"), Entry("*.example.com", "narrow"), Entry("*.com", "wide"), Entry("*", "any")], To("other")),
            new Texts { ["a"] = name }));

    [Fact]
    public void Domain_ThatLeadsToNothing_FallsBackOnWiderOnes()
    {
        var dead = new ExactTree<Texts, string>(Input("b"), [Entry("7", "seven")], null);
        var tree = new DomainTree<Texts, string>(Input("a"), [new("a.b.com", To(dead)), new("*.b.com", To(dead)), Entry("*.com", "wide")], null);
        Assert.Equal("wide", Ask(tree, new Texts { ["a"] = "a.b.com" }));
        Assert.Equal("seven", Ask(tree, new Texts { ["a"] = "a.b.com", ["b"] = "7" }));
        Assert.Equal("none", Ask(tree, new Texts { ["a"] = new string('.', 5000) }));
    }

    [Fact]
    public void IpRanges_LongestFirst_ExclusiveOnlyAsTheLongest()
    {
        var dead = new ExactTree<Texts, string>(Input("b"), [Entry("7", "seven")], null);
        var tree = new IpTree<Texts, string>(
            Input("a"),
            [
                (Chains.Prefix("10.0.0.0/8"), To("wide"), false),
                (Chains.Prefix("10.1.0.0/16"), To("middle"), true),
                (Chains.Prefix("10.1.1.0/24"), To(dead), false),
                (Chains.Prefix("2001:db8::/32"), To("six"), false),
            ],
            To("other"));
        Assert.Equal("middle", Ask(tree, new Texts { ["a"] = "10.1.2.3" }));
        Assert.Equal("wide", Ask(tree, new Texts { ["a"] = "10.1.1.1" }));
        Assert.Equal("seven", Ask(tree, new Texts { ["a"] = "10.1.1.1", ["b"] = "7" }));
        Assert.Equal("six", Ask(tree, new Texts { ["a"] = "2001:db8::7" }));
        Assert.Equal("other", Ask(tree, new Texts { ["a"] = "11.1.1.1" }));
        Assert.Equal("other", Ask(tree, new Texts { ["a"] = "no address" }));
        Assert.Equal("other", Ask(tree, new Texts { ["a"] = "1.2.3.4" + new string(' ', 100) }));
    }

    [Fact]
    public void Asking_AllocatesNothing()
    {
        var maps = new PrefixTree<Texts, string>(Input("b"), [Entry("2", "z")], null);
        var tree = new ListTree<Texts, string>(
            [(new AllFieldMatcher<Texts>([Is("a", "1"), new NotFieldMatcher<Texts>(Is("b", "1"))]), To(new ExactTree<Texts, string>(Input("a"), [new("1", To(maps))], null)))],
            null);
        Assert.Equal("z", Ask(tree, s_ab));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Ask(tree, s_ab);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
