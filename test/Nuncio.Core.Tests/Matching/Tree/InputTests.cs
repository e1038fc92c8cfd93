using System.Text;
using Nuncio.Core.Matching;
using Nuncio.Core.Matching.Tree;
using Nuncio.Core.Matching.Tree.InputMatchers;
using Nuncio.Core.Matching.Tree.Inputs;
using Nuncio.Core.Runtime;
using Nuncio.Core.Streams;
using Nuncio.Http.Headers;
using Nuncio.IO.Sockets;
using Chains = Nuncio.Core.Tests.Listeners.Matching.Chains;

namespace Nuncio.Core.Tests.Matching.Tree;

/// <summary>What inputs give for a connection and for a request, and the tests on them.</summary>
public sealed class InputTests
{
    private const string Missing = "(missing)";
    private const string Later = "(later)";

    [Theory]
    [InlineData(ConnectionInputKind.DestinationIp, "10.0.0.1")]
    [InlineData(ConnectionInputKind.DestinationPort, "443")]
    [InlineData(ConnectionInputKind.SourceIp, "198.51.100.1")]
    [InlineData(ConnectionInputKind.SourcePort, "7")]
    [InlineData(ConnectionInputKind.DirectSourceIp, "192.0.2.7")]
    [InlineData(ConnectionInputKind.SourceType, Missing)]
    [InlineData(ConnectionInputKind.ServerName, "a.com")]
    [InlineData(ConnectionInputKind.TransportProtocol, "raw_buffer")]
    [InlineData(ConnectionInputKind.ApplicationProtocol, "'h2','http/1.1'")]
    public void Connection_GivesWhatIsKnownOfIt(ConnectionInputKind kind, string text)
    {
        ConnectionInfo info = Chains.Connection(name: "a.com", protocols: ["h2", "http/1.1"]);
        info.RemoteAddress = Chains.Ip("198.51.100.1", 7);
        Assert.Equal(text, Read(new ConnectionInput(kind), info));
    }

    [Theory]
    [InlineData(ConnectionInputKind.DestinationIp, Missing)]
    [InlineData(ConnectionInputKind.DestinationPort, Missing)]
    [InlineData(ConnectionInputKind.SourceIp, Missing)]
    [InlineData(ConnectionInputKind.SourcePort, Missing)]
    [InlineData(ConnectionInputKind.SourceType, "local")]
    [InlineData(ConnectionInputKind.ServerName, Missing)]
    [InlineData(ConnectionInputKind.ApplicationProtocol, Missing)]
    public void Pipe_HasNoAddressAndIsLocal(ConnectionInputKind kind, string text) =>
        Assert.Equal(text, Read(new ConnectionInput(kind), new ConnectionInfo(NetworkAddress.FromPipe("/a"), NetworkAddress.UnnamedPipe)));

    [Fact]
    public void FilterStateAndMetadata_OfAConnection()
    {
        ConnectionInfo info = Chains.Connection();
        var state = new FilterStateInput<ConnectionInfo>("k", static c => c.FilterState);
        var metadata = new DynamicMetadataInput<ConnectionInfo>("ns", ["a", "b"], static c => c.Metadata);
        var five = new MetadataInputMatcher(ValueMatcher.Number(5), invert: false);
        var notFive = new MetadataInputMatcher(ValueMatcher.Number(5), invert: true);
        Assert.Equal(Missing, Read(state, info));
        Assert.Equal(MatchOutcome.NoMatch, new SingleFieldMatcher<ConnectionInfo>(metadata, five).Test(info));
        Assert.Equal(MatchOutcome.Matched, new SingleFieldMatcher<ConnectionInfo>(metadata, notFive).Test(info));

        info.FilterState = new FilterState();
        info.FilterState.TrySet("k", "v");
        info.Metadata = new DynamicMetadata();
        info.Metadata.Set("ns", "a", new Dictionary<string, object?> { ["b"] = 5.0 });
        Assert.Equal("v", Read(state, info));
        Assert.Equal(MatchOutcome.Matched, new SingleFieldMatcher<ConnectionInfo>(metadata, five).Test(info));
        Assert.Equal(MatchOutcome.NoMatch, new SingleFieldMatcher<ConnectionInfo>(metadata, notFive).Test(info));
    }

    [Fact]
    public void Headers_AreJoinedAndTrailersComeLater()
    {
        HeaderMap headers = Headers(("x-a", "1"), ("x-b", "2"), ("x-a", new string('3', 300)));
        var input = new HttpMatchInput(new StreamInfo(), headers);
        Assert.Equal("1," + new string('3', 300), Read(Header(HttpHeaderPart.RequestHeaders, "X-A"), input));
        Assert.Equal("2", Read(Header(HttpHeaderPart.RequestHeaders, "x-b"), input));
        Assert.Equal(Missing, Read(Header(HttpHeaderPart.RequestHeaders, "x-c"), input));
        Assert.Equal(Later, Read(Header(HttpHeaderPart.ResponseHeaders, "x-a"), input));
        Assert.Equal(Later, Read(Header(HttpHeaderPart.RequestTrailers, "x-a"), input));
        Assert.Equal("2", Read(Header(HttpHeaderPart.ResponseTrailers, "x-b"), input with { ResponseTrailers = headers }));
    }

    [Theory]
    [InlineData("/p?a=1&b=2", "b", "2")]
    [InlineData("/p?a=1&a=2", "a", "1")]
    [InlineData("/p?a%62=x%20y%2", "ab", "x y%2")]
    [InlineData("/p?a", "a", "")]
    [InlineData("/p?a=1#b=2", "b", Missing)]
    [InlineData("/p", "a", Missing)]
    public void QueryParameter_IsTheFirstDecoded(string path, string name, string text) => Assert.Equal(
        text, Read(new HttpQueryInput(name), new HttpMatchInput(new StreamInfo(), Headers((":path", path)))));

    [Fact]
    public void Status_AndItsClass()
    {
        var input = new HttpMatchInput(new StreamInfo(), Headers());
        Assert.Equal(Later, Read(new HttpStatusInput(isClass: false), input));
        HeaderMap response = Headers();
        response.SetStatus(404);
        input = input with { ResponseHeaders = response };
        Assert.Equal("404", Read(new HttpStatusInput(isClass: false), input));
        Assert.Equal("4xx", Read(new HttpStatusInput(isClass: true), input));
    }

    [Fact]
    public void Request_GivesItsConnection()
    {
        var info = new StreamInfo
        {
            DownstreamRemoteAddress = Chains.Ip("127.0.0.1", 5), DownstreamLocalAddress = Chains.Ip("10.0.0.1", 80),
            DownstreamDirectRemoteAddress = Chains.Ip("192.0.2.1"), Connection = Chains.Connection(name: "a.com"),
        };
        var input = new HttpMatchInput(info, Headers());
        string[] read = [.. Enum.GetValues<ConnectionInputKind>().Select(kind => Read(new HttpConnectionInput(kind), input))];
        Assert.Equal(["10.0.0.1", "80", "127.0.0.1", "5", "192.0.2.1", "local", "a.com", Missing, Missing], read);
    }

    [Fact]
    public void EnvironmentText_IsConstant()
    {
        Assert.Equal("x", Read(new ConstantInput<ConnectionInfo>("x"), Chains.Connection()));
        Assert.Equal(Missing, Read(new ConstantInput<ConnectionInfo>(null), Chains.Connection()));
    }

    [Fact]
    public void IpTest_TakesAddressesAndTexts()
    {
        var matcher = new IpInputMatcher(Chains.Prefixes("192.0.2.0/24", "2001:db8::/32"));
        Assert.Equal(MatchOutcome.Matched, new SingleFieldMatcher<ConnectionInfo>(new ConnectionInput(ConnectionInputKind.SourceIp), matcher).Test(Chains.Connection()));
        Assert.Equal(MatchOutcome.NoMatch, new SingleFieldMatcher<ConnectionInfo>(new ConnectionInput(ConnectionInputKind.DestinationIp), matcher).Test(Chains.Connection()));
        var texts = new Texts { ["a"] = "2001:db8::1", ["b"] = "nonsense" };
        Assert.Equal(MatchOutcome.Matched, new SingleFieldMatcher<Texts>(Texts.Input("a"), matcher).Test(texts));
        Assert.Equal(MatchOutcome.NoMatch, new SingleFieldMatcher<Texts>(Texts.Input("b"), matcher).Test(texts));
    }

    [Fact]
    public void Shares_AreDrawnByTheHashOfTheInput()
    {
        ulong hash = XxHash64.Hash("abc"u8, 3);
        var texts = new Texts { ["a"] = "abc" };
        uint part = (uint)(hash % 100);
        Assert.Equal(MatchOutcome.Matched, Test(new ConsistentHashingInputMatcher(part, 100, 3)));
        Assert.Equal(MatchOutcome.NoMatch, Test(new ConsistentHashingInputMatcher(part + 1, 100, 3)));
        Assert.Equal(MatchOutcome.Matched, Test(new RuntimeFractionInputMatcher(new RuntimeFraction(new FractionalPercent(part + 1, 100), null), 3)));
        Assert.Equal(MatchOutcome.NoMatch, Test(new RuntimeFractionInputMatcher(new RuntimeFraction(new FractionalPercent(part, 100), null), 3)));

        MatchOutcome Test(InputMatcher matcher) => new SingleFieldMatcher<Texts>(Texts.Input("a"), matcher).Test(texts);
    }

    [Fact]
    public void ValueTests_AskOneKindEach()
    {
        ValueMatcher text = ValueMatcher.Text(new StringMatcher(StringMatchKind.Prefix, "a"));
        Assert.True(ValueMatcher.Null.Matches(null));
        Assert.False(ValueMatcher.Null.Matches(null, there: false));
        Assert.True(ValueMatcher.Range(1, 2).Matches(1.0));
        Assert.False(ValueMatcher.Range(1, 2).Matches(2.0));
        Assert.False(ValueMatcher.Range(1, 2).Matches("1"));
        Assert.True(text.Matches("ab"));
        Assert.False(text.Matches(true));
        Assert.True(ValueMatcher.Boolean(false).Matches(false));
        Assert.False(ValueMatcher.Boolean(false).Matches(null));
        Assert.True(ValueMatcher.Present(true).Matches(null));
        Assert.False(ValueMatcher.Present(false).Matches("x"));
        Assert.False(ValueMatcher.Present(true).Matches(null, there: false));
        Assert.True(ValueMatcher.OneOf(text).Matches(new List<object?> { 1.0, "ab" }));
        Assert.False(ValueMatcher.OneOf(text).Matches("ab"));
        Assert.True(ValueMatcher.AnyOf([text, ValueMatcher.Number(3)]).Matches(3.0));
        Assert.False(ValueMatcher.AnyOf([text, ValueMatcher.Number(3)]).Matches(4.0));
    }

    private static HttpHeaderInput Header(HttpHeaderPart part, string name)
    {
        Assert.True(HeaderKey.TryCreate(name, out HeaderKey key));
        return new HttpHeaderInput(part, key);
    }

    private static HeaderMap Headers(params (string Name, string Value)[] fields)
    {
        HeaderMap headers = new HeaderMapPool().Rent();
        foreach ((string name, string value) in fields)
        {
            headers.Add(Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(value));
        }

        return headers;
    }

    private static string Read<TInput>(MatchInput<TInput> input, TInput from)
    {
        Span<byte> room = stackalloc byte[InputValue.RoomSize];
        var value = new InputValue(room);
        input.Read(in from, ref value);
        string text = value.State switch
        {
            InputState.Missing => Missing,
            InputState.Unavailable => Later,
            _ => Encoding.UTF8.GetString(value.Text),
        };
        value.Dispose();
        return text;
    }
}
