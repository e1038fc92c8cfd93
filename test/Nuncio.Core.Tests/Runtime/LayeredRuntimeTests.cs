using Nuncio.Core.Runtime;

namespace Nuncio.Core.Tests.Runtime;

/// <summary>Layers, keys and kinds of values.</summary>
public sealed class LayeredRuntimeTests
{
    [Fact]
    public void LaterLayer_Wins()
    {
        var runtime = new LayeredRuntime([Layer("one", ("a", "1"), ("b", "1")), Layer("two", ("b", "2"))]);
        Assert.Equal(1ul, runtime.Key("a").GetInteger(9));
        Assert.Equal(2ul, runtime.Key("b").GetInteger(9));
        Assert.Equal(9ul, runtime.Key("c").GetInteger(9));
    }

    [Fact]
    public void OperatorsValue_ReachesKeysAlreadyHandedOut()
    {
        var runtime = new LayeredRuntime([Layer("static", ("a", "1")), Admin()]);
        RuntimeKey key = runtime.Key("a");
        Assert.True(runtime.TrySetAdminValues(new Dictionary<string, string> { ["a"] = "5", ["b"] = "true" }));
        Assert.Equal(5ul, key.GetInteger(9));
        Assert.True(runtime.Key("b").GetBoolean(false));
        Assert.Equal("5", runtime.Snapshot.Values["a"].Text);

        Assert.True(runtime.TrySetAdminValues(new Dictionary<string, string> { ["a"] = "" }));
        Assert.Equal(1ul, key.GetInteger(9));
        Assert.Same(key, runtime.Key("a"));
    }

    [Fact]
    public void NoAdminLayer_RefusesChanges()
    {
        var runtime = new LayeredRuntime([Layer("static", ("a", "1"))]);
        Assert.False(runtime.HasAdminLayer);
        Assert.False(runtime.TrySetAdminValues(new Dictionary<string, string> { ["a"] = "5" }));
        Assert.Equal(1ul, runtime.Key("a").GetInteger(9));
    }

    [Fact]
    public void TooManyOperatorsValues_AreRefusedAsAWhole()
    {
        var runtime = new LayeredRuntime([Admin()]);
        var changes = new Dictionary<string, string>();
        for (int i = 0; i <= LayeredRuntime.MaxAdminValues; i++)
        {
            changes[$"k{i}"] = "1";
        }

        Assert.False(runtime.TrySetAdminValues(changes));
        Assert.Empty(runtime.Snapshot.Values);
    }

    [Theory]
    [InlineData("3.7", 3ul, 3.7, null)]
    [InlineData("1", 1ul, 1.0, true)]
    [InlineData("0", 0ul, 0.0, false)]
    [InlineData("-1", null, -1.0, true)]
    [InlineData("text", null, null, null)]
    public void Text_IsReadAsTheNumberItSpells(string text, ulong? integer, double? number, bool? boolean)
    {
        RuntimeEntry entry = RuntimeEntry.FromText(text);
        Assert.Equal(integer, entry.Integer);
        Assert.Equal(number, entry.Number);
        Assert.Equal(boolean, entry.Boolean);
        Assert.Equal(text, entry.Text);
    }

    [Theory]
    [InlineData(0u, 100u, 0ul, false)]
    [InlineData(30u, 100u, 29ul, true)]
    [InlineData(30u, 100u, 30ul, false)]
    [InlineData(30u, 100u, 10_029ul, true)]
    [InlineData(1u, 1_000_000u, 0ul, true)]
    [InlineData(1u, 1_000_000u, 1ul, false)]
    [InlineData(100u, 100u, ulong.MaxValue, true)]
    [InlineData(200u, 100u, 99ul, true)]
    public void Fraction_TakesItsShare(uint numerator, uint denominator, ulong random, bool expected) =>
        Assert.Equal(expected, new FractionalPercent(numerator, denominator).Includes(random));

    [Fact]
    public void FractionKey_TakesSharesAndIntegersOutOfHundred()
    {
        var runtime = new LayeredRuntime([
            new RuntimeLayer("l", new Dictionary<string, RuntimeEntry>
            {
                ["share"] = RuntimeEntry.FromFraction(new FractionalPercent(5, 10_000), ""),
                ["integer"] = RuntimeEntry.FromNumber(40, "40"),
                ["much"] = RuntimeEntry.FromNumber(5e18, ""),
                ["text"] = RuntimeEntry.FromText("x"),
            })]);
        FractionalPercent fallback = new(1, 100);
        Assert.Equal(new FractionalPercent(5, 10_000), runtime.Key("share").GetFraction(fallback));
        Assert.Equal(new FractionalPercent(40, 100), runtime.Key("integer").GetFraction(fallback));
        Assert.True(runtime.Key("much").GetFraction(fallback).Includes(99));
        Assert.Equal(fallback, runtime.Key("text").GetFraction(fallback));
        Assert.Equal(fallback, runtime.Key("missing").GetFraction(fallback));
    }

    private static RuntimeLayer Admin() => new("admin", new Dictionary<string, RuntimeEntry>(), IsAdmin: true);

    private static RuntimeLayer Layer(string name, params (string Key, string Value)[] values)
    {
        var entries = new Dictionary<string, RuntimeEntry>();
        foreach ((string key, string value) in values)
        {
            entries[key] = RuntimeEntry.FromText(value);
        }

        return new RuntimeLayer(name, entries);
    }
}
