using System.Text;
using System.Text.Json;
using Nuncio.Core.Formatting;
using Nuncio.Core.Formatting.Json;
using Nuncio.Core.Streams;
using Nuncio.Testing.Http;

namespace Nuncio.Core.Tests.Formatting;

public sealed class JsonFormatTests
{
    private readonly FormatFixture _fixture = new();

    [Fact]
    public void Values_KeepTheirTypes()
    {
        JsonFormatBuilder json = new(FormatterOptions.Default);
        json.BeginObject();
        json.Key("bytes");
        Assert.Null(json.Text("%BYTES_SENT%"));
        json.Key("code");
        Assert.Null(json.Text("%RESPONSE_CODE%!"));
        json.Key("list");
        json.BeginList();
        json.Number(1);
        json.Boolean(true);
        json.Null();
        Assert.Null(json.Text("100%%"));
        json.BeginObject();
        json.EndObject();
        json.EndList();
        json.Key("method \"x\"");
        Assert.Null(json.Text("%REQ(:method)%"));
        json.Key("missing");
        Assert.Null(json.Text("%REQ(none)%"));
        json.Key("mixed");
        Assert.Null(json.Text("a%REQ(none)%b"));
        json.Key("port");
        Assert.Null(json.Text("%UPSTREAM_REMOTE_PORT%"));
        json.EndObject();

        Assert.Equal(
            "{\"bytes\":34,\"code\":\"200!\",\"list\":[1,true,null,\"100%\",{}],\"method \\\"x\\\"\":\"GET\",\"missing\":null,"
                + "\"mixed\":\"a-b\",\"port\":6666}\n",
            _fixture.Format(json.Build()));
    }

    [Fact]
    public void OmittedValues_ArePrintedAsNullAloneAndAsNothingWithinText()
    {
        JsonFormatBuilder json = new(FormatterOptions.OmitEmpty);
        json.BeginObject();
        json.Key("a");
        Assert.Null(json.Text("%REQ(none)%"));
        json.Key("b");
        Assert.Null(json.Text("x%REQ(none)%y"));
        json.EndObject();

        Assert.Equal("{\"a\":null,\"b\":\"xy\"}\n", _fixture.Format(json.Build()));
    }

    [Fact]
    public void WrongOperator_IsAnError()
    {
        JsonFormatBuilder json = new(FormatterOptions.Default);
        json.BeginObject();
        json.Key("a");

        Assert.Contains("is not known", json.Text("%NOPE_NOPE_NOPE%"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("quo\"te back\\slash", "quo\\\"te back\\\\slash")]
    [InlineData("tab\tok", "tab\\tok")]
    [InlineData("del\u007f", "del\u007f")]
    [InlineData("", "")]
    public void HeaderText_IsEscaped(string value, string expected)
    {
        _fixture.Request = TestHeaders.Make(_fixture.Pool, "x", value);

        Assert.Equal($"{{\"v\":\"{expected}\",\"w\":\"<{expected}>\"}}\n", Both());
    }

    [Fact]
    public void Utf8_StaysAndBrokenUtf8_BecomesEscapes()
    {
        _fixture.Request = TestHeaders.Make(_fixture.Pool, "x", Encoding.Latin1.GetString("ü\"€"u8));
        Assert.Equal("ü\\\"€", Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(Both()))[6..10]);

        _fixture.Request = TestHeaders.Make(_fixture.Pool, "x", "a\u00ff\"");
        Assert.Equal("{\"v\":\"a\\u00ff\\u0022\",\"w\":\"<a\\u00ff\\u0022>\"}\n", Both());
    }

    [Fact]
    public void EveryByteAHeaderMayHold_GivesValidJson()
    {
        for (int b = 1; b < 256; b++)
        {
            if (b is '\r' or '\n' or 127 or < 32 and not 9)
            {
                continue;
            }

            _fixture.Request = TestHeaders.Make(_fixture.Pool, "x", "a" + (char)b + "z");
            using var parsed = JsonDocument.Parse(Encoding.Latin1.GetBytes(Both()));
            Assert.Equal(JsonValueKind.String, parsed.RootElement.GetProperty("v").ValueKind);
        }
    }

    [Fact]
    public void Metadata_IsNested()
    {
        DynamicMetadata metadata = _fixture.Info.Metadata = new DynamicMetadata();
        metadata.Set("ns", "b", 1.0);
        metadata.Set("ns", "a", "\u0001");
        JsonFormatBuilder json = new(FormatterOptions.Default);
        json.BeginObject();
        json.Key("all");
        Assert.Null(json.Text("%DYNAMIC_METADATA(ns)%"));
        json.Key("cut");
        Assert.Null(json.Text("%DYNAMIC_METADATA(ns):3%"));
        json.Key("text");
        Assert.Null(json.Text("%DYNAMIC_METADATA(ns:a)%"));
        json.EndObject();

        Assert.Equal("{\"all\":{\"a\":\"\\u0001\",\"b\":1},\"cut\":\"{\\\"a\",\"text\":\"\\u0001\"}\n", _fixture.Format(json.Build()));
    }

    private string Both()
    {
        JsonFormatBuilder json = new(FormatterOptions.Default);
        json.BeginObject();
        json.Key("v");
        Assert.Null(json.Text("%REQ(x)%"));
        json.Key("w");
        Assert.Null(json.Text("<%REQ(x)%>"));
        json.EndObject();
        return _fixture.Format(json.Build());
    }
}
