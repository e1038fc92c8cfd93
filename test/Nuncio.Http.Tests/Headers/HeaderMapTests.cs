using System.Text;
using Nuncio.Base.Diagnostics;
using Nuncio.Http.Headers;
using Nuncio.Testing.Http;

namespace Nuncio.Http.Tests.Headers;

/// <summary>The header map: order, lookup by index, removal, spans that stay valid.</summary>
public sealed class HeaderMapTests
{
    private readonly HeaderMapPool _pool = new();

    private HeaderMap Make(params string[] fields) => TestHeaders.Make(_pool, fields);

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    [Fact]
    public void Added_AreFoundAndKeepTheirOrder()
    {
        HeaderMap map = Make("X-One", "1", "Content-Type", "text/plain", "x-two", "2", "x-one", "3");
        Assert.Equal("x-one: 1\ncontent-type: text/plain\nx-two: 2\nx-one: 3\n", TestHeaders.Print(map));
        Assert.Equal(4, map.Count);
        Assert.Equal("text/plain", Text(map.Get(KnownHeader.ContentType)));
        Assert.True(map.TryGet("x-one"u8, out ReadOnlySpan<byte> value));
        Assert.Equal("1", Text(value));
        Assert.True(map.TryGet("content-type"u8, out value));
        Assert.Equal("text/plain", Text(value));
        Assert.False(map.TryGet("x-three"u8, out _));
        Assert.False(map.Has(KnownHeader.Host));
        Assert.True(map.Get(KnownHeader.Host).IsEmpty);
    }

    [Fact]
    public void ByteSize_CountsNamesAndValues_ThroughEveryChange()
    {
        HeaderMap map = Make("host", "abc", "x", "1");
        Assert.Equal(4 + 3 + 1 + 1, map.ByteSize);
        map.Set(KnownHeader.Host, "abcdef"u8);
        map.Append(KnownHeader.Host, "g"u8, ","u8);
        Assert.Equal(4 + 8 + 2, map.ByteSize);
        map.Remove("x"u8);
        Assert.Equal(12, map.ByteSize);
        map.Clear();
        Assert.Equal(0, map.ByteSize);
    }

    [Fact]
    public void Set_ReplacesTheFirstInPlace_AndRemovesTheOthers()
    {
        HeaderMap map = Make("cookie", "a", "x", "1", "cookie", "b", "y", "2", "x", "3");
        map.Set(KnownHeader.Cookie, "c"u8);
        map.Set("X"u8, "4"u8);
        map.Set("z"u8, "5"u8);
        map.Set(KnownHeader.Via, "6"u8);
        Assert.Equal("cookie: c\nx: 4\ny: 2\nz: 5\nvia: 6\n", TestHeaders.Print(map));
    }

    [Fact]
    public void Remove_KeepsOrder_AndFindsTheNextOfTheSameName()
    {
        HeaderMap map = Make("via", "a", "x", "1", "via", "b", "x", "2", "te", "trailers");
        Assert.Equal(2, map.Remove("x"u8));
        Assert.Equal(0, map.Remove("x"u8));
        Assert.Equal(2, map.Remove(KnownHeader.Via));
        Assert.False(map.Has(KnownHeader.Via));
        map.Add(KnownHeader.Via, "c"u8);
        Assert.Equal("te: trailers\nvia: c\n", TestHeaders.Print(map));
        Assert.Equal("c", Text(map.Get(KnownHeader.Via)));
    }

    [Fact]
    public void Enumerator_RemovesWhatItStandsOn()
    {
        HeaderMap map = Make("via", "a", "x", "1", "via", "b", "y", "2");
        HeaderMap.Enumerator e = map.GetEnumerator();
        while (e.MoveNext())
        {
            if (e.Current.Value.SequenceEqual("a"u8) || e.Current.Value.SequenceEqual("2"u8))
            {
                e.RemoveCurrent();
            }
        }

        Assert.Equal("x: 1\nvia: b\n", TestHeaders.Print(map));
        Assert.Equal("b", Text(map.Get(KnownHeader.Via)));
    }

    [Fact]
    public void RemovePrefix_AndRemoveWhere_TakeOutWhatTheyPick()
    {
        HeaderMap map = Make("x-envoy-retry-on", "5xx", "x-envoy-custom", "1", "x-other", "2", "date", "3");
        Assert.Equal(2, map.RemovePrefix("x-envoy-"u8));
        Assert.Equal(1, map.RemoveWhere("2"u8, static (wanted, field) => field.Value.SequenceEqual(wanted)));
        Assert.Equal("date: 3\n", TestHeaders.Print(map));
        Assert.False(map.Has(KnownHeader.XEnvoyRetryOn));
    }

    [Fact]
    public void Append_JoinsToTheFirst_OrAdds()
    {
        HeaderMap map = Make("x-forwarded-for", "1.1.1.1", "x", "");
        map.Append(KnownHeader.XForwardedFor, "2.2.2.2"u8, ", "u8);
        map.Append(KnownHeader.XForwardedFor, "3.3.3.3"u8, ", "u8);
        map.Append("x"u8, "a"u8, ","u8);
        map.Append("x"u8, "b\r\nc"u8, ","u8);
        map.Append("y"u8, "d"u8, ","u8);
        Assert.Equal("x-forwarded-for: 1.1.1.1, 2.2.2.2, 3.3.3.3\nx: a,b  c\ny: d\n", TestHeaders.Print(map));
    }

    [Fact]
    public void GetAll_WalksTheValues_AndTryGetJoinedJoinsThem()
    {
        HeaderMap map = Make("accept", "a", "x", "1", "accept", "b", "x", "2", "accept", "c");
        List<string> values = [];
        foreach (ReadOnlySpan<byte> value in map.GetAll(KnownHeader.Accept))
        {
            values.Add(Text(value));
        }

        foreach (ReadOnlySpan<byte> value in map.GetAll("x"u8))
        {
            values.Add(Text(value));
        }

        Assert.Equal(["a", "b", "c", "1", "2"], values);
        Assert.True(map.TryGetJoined(KnownHeader.Accept, out ReadOnlySpan<byte> joined));
        Assert.Equal("a,b,c", Text(joined));
        Assert.True(map.TryGetJoined("x"u8, out joined));
        Assert.Equal("1,2", Text(joined));
        Assert.False(map.TryGetJoined(KnownHeader.Via, out _));
        Assert.Equal("accept: a\nx: 1\naccept: b\nx: 2\naccept: c\n", TestHeaders.Print(map));
    }

    [Fact]
    public void Spans_StayValid_WhileValuesOfTheSameMapAreAdded()
    {
        HeaderMap map = Make("x", "the value");
        Assert.True(map.TryGet("x"u8, out ReadOnlySpan<byte> first));
        for (int i = 0; i < 300; i++)
        {
            map.Add(Encoding.ASCII.GetBytes($"y{i}"), first);
            map.Set("x"u8, map.TryGet("x"u8, out ReadOnlySpan<byte> own) ? own : default);
        }

        Assert.Equal("the value", Text(first));
        Assert.True(map.TryGet("y299"u8, out ReadOnlySpan<byte> last));
        Assert.Equal("the value", Text(last));
        Assert.Equal(301, map.Count);
    }

    [Fact]
    public void RemovingAndAddingOverAndOver_KeepsTheEntriesFew()
    {
        HeaderMap map = Make("host", "a", "via", "b");
        for (int i = 0; i < 200_000; i++)
        {
            map.Remove(KnownHeader.Host);
            map.Add(KnownHeader.Host, ""u8);
            map.Remove(KnownHeader.Via);
            map.Add(KnownHeader.Via, ""u8);
        }

        Assert.Equal("host: \nvia: \n", TestHeaders.Print(map));
    }

    [Fact]
    public void Status_IsReadAndWritten()
    {
        HeaderMap map = _pool.Rent();
        Assert.Equal(0, map.GetStatus());
        map.SetStatus(204);
        map.SetStatus(503);
        Assert.Equal(503, map.GetStatus());
        Assert.Equal(":status: 503\n", TestHeaders.Print(map));
        map.Set(KnownHeader.Status, "2x4"u8);
        Assert.Equal(0, map.GetStatus());
    }

    [Theory]
    [InlineData("0", true, 0)]
    [InlineData("12", true, 12)]
    [InlineData("9223372036854775807", true, long.MaxValue)]
    [InlineData("9223372036854775808", false, 0)]
    [InlineData("-1", false, 0)]
    [InlineData("+1", false, 0)]
    [InlineData("1 ", false, 0)]
    [InlineData("", false, 0)]
    public void Number_IsReadStrictly(string text, bool expected, long number)
    {
        HeaderMap map = Make("content-length", text);
        Assert.Equal(expected, map.TryGetNumber(KnownHeader.ContentLength, out long value));
        Assert.True(!expected || value == number);
    }

    [Fact]
    public void CopyTo_AddsAll()
    {
        HeaderMap map = Make("host", "a", "x", "1", "via", "b", "x", "2");
        map.Remove(KnownHeader.Via);
        HeaderMap copy = Make("via", "c");
        map.CopyTo(copy);
        Assert.Equal("via: c\nhost: a\nx: 1\nx: 2\n", TestHeaders.Print(copy));
        Assert.Equal("a", Text(copy.Get(KnownHeader.Host)));
    }

    [Fact]
    public void ValueWithLineEnds_CannotBreakALine()
    {
        HeaderMap map = Make("x", "a\r\nb\0c");
        map.Set(KnownHeader.Via, "\n"u8);
        Assert.Equal("x: a  b c\nvia:  \n", TestHeaders.Print(map));
    }

    [Fact]
    public void NameThatIsNoToken_IsABug()
    {
        HeaderMap map = _pool.Rent();
        long before = Bug.Count;
        bool throws = Bug.ThrowOnReport;
        try
        {
            map.Add("a b"u8, "c"u8);
        }
        catch (InvalidOperationException) when (throws)
        {
        }

        Assert.Equal(before + 1, Bug.Count);
        Assert.Equal(0, map.Count);
    }

    [Fact]
    public void Pool_GivesTheSameMapAgain_Empty()
    {
        HeaderMap map = Make("x", new string('v', 5000));
        _pool.Return(map);
        Assert.Equal((0, 1), (_pool.Rented, _pool.Free));
        HeaderMap again = _pool.Rent();
        Assert.Same(map, again);
        Assert.Equal(0, again.Count);
        Assert.Equal("", TestHeaders.Print(again));
    }

    [Fact]
    public void Pool_TrimsWhatABurstLeft()
    {
        List<HeaderMap> maps = [.. Enumerable.Range(0, 1000).Select(_ => _pool.Rent())];
        maps.ForEach(_pool.Return);
        _pool.Trim();
        _pool.Trim();
        Assert.InRange(_pool.Free, 1, 32);
    }

    [Fact]
    public void RandomChanges_AgreeWithAList()
    {
        Random random = new(5);
        string[] names = ["host", "via", "x-a", "x-b", "cookie", "x-envoy-internal", "a-rather-long-header-name-of-nobody"];
        for (int round = 0; round < 200; round++)
        {
            HeaderMap map = _pool.Rent();
            List<(string Name, string Value)> model = [];
            for (int i = 0; i < 120; i++)
            {
                string name = names[random.Next(names.Length)];
                string value = new('v', random.Next(40));
                byte[] nameBytes = Encoding.ASCII.GetBytes(name);
                byte[] valueBytes = Encoding.ASCII.GetBytes(value);
                switch (random.Next(4))
                {
                    case 0 or 1:
                        map.Add(nameBytes, valueBytes);
                        model.Add((name, value));
                        break;
                    case 2:
                        map.Set(nameBytes, valueBytes);
                        int at = model.FindIndex(f => f.Name == name);
                        if (at < 0)
                        {
                            model.Add((name, value));
                            break;
                        }

                        model[at] = (name, value);
                        for (int j = model.Count - 1; j > at; j--)
                        {
                            if (model[j].Name == name)
                            {
                                model.RemoveAt(j);
                            }
                        }

                        break;
                    default:
                        Assert.Equal(model.RemoveAll(f => f.Name == name), map.Remove(nameBytes));
                        break;
                }

                Assert.Equal(model.Count, map.Count);
                Assert.Equal(model.Sum(f => f.Name.Length + f.Value.Length), map.ByteSize);
            }

            Assert.Equal(string.Concat(model.Select(f => $"{f.Name}: {f.Value}\n")), TestHeaders.Print(map));
            foreach (string name in names)
            {
                bool has = map.TryGet(Encoding.ASCII.GetBytes(name), out ReadOnlySpan<byte> value);
                Assert.Equal(model.FirstOrDefault(f => f.Name == name).Value, has ? Text(value) : null);
            }

            _pool.Return(map);
        }
    }

    [Fact]
    public void RewrittenWithoutEnd_StaysWithinBounds_AndKeepsWhatItHolds()
    {
        HeaderMap map = Make("host", "abc", "x-other", "kept");
        byte[] value = new byte[1000];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 200_000; i++)
        {
            value.AsSpan().Fill((byte)('a' + (i % 26)));
            map.Set("x-often"u8, value);
            map.Set(KnownHeader.UserAgent, value.AsSpan(0, 10));
        }

        // 200 MB went through it; arrays are made anew only when 64 KiB are full.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000_000);
        Assert.Equal(4, map.Count);
        Assert.Equal("abc", Text(map.Get(KnownHeader.Host)));
        Assert.Equal(Text(value.AsSpan(0, 10)), Text(map.Get(KnownHeader.UserAgent)));
        Assert.True(map.TryGet("x-other"u8, out ReadOnlySpan<byte> other));
        Assert.Equal("kept", Text(other));
        Assert.True(map.TryGet("x-often"u8, out ReadOnlySpan<byte> often));
        Assert.True(often.SequenceEqual(value));
        _pool.Return(map);

        HeaderMap next = Make("a", "b");
        Assert.Equal("a: b\n", TestHeaders.Print(next));
    }

    [Fact]
    public void SpanTakenBeforeCompaction_StaysTrue_AlsoWhileOtherMapsUseTheArrays()
    {
        HeaderMap map = Make("x-first", new string('f', 500));
        Assert.True(map.TryGet("x-first"u8, out ReadOnlySpan<byte> span));
        byte[] noise = new byte[900];
        noise.AsSpan().Fill((byte)'n');
        for (int i = 0; i < 1000; i++)
        {
            map.Set("x-noise"u8, noise);
            HeaderMap other = _pool.Rent();
            other.Set("x-noise"u8, noise);
            other.Add("y"u8, new byte[5000]);
            _pool.Return(other);
        }

        map.Set("x-first"u8, span[..100]); // From the map into itself.
        Assert.Equal(-1, span.IndexOfAnyExcept((byte)'f'));
        Assert.Equal(new string('f', 100), TestHeaders.Print(map)["x-first: ".Length..][..100]);
    }

    [Fact]
    public void AppendedWithoutEnd_AfterCompactions_StaysWhole()
    {
        HeaderMap map = Make("x-list", "0");
        for (int i = 1; i < 5000; i++)
        {
            map.Set("x-noise"u8, new byte[200]);
            map.Append("x-list"u8, "1"u8, ","u8);
        }

        Assert.True(map.TryGet("x-list"u8, out ReadOnlySpan<byte> list));
        Assert.Equal((2 * 5000) - 1, list.Length);
        Assert.Equal(4999, list.Count((byte)','));
    }
}
