using System.Text;
using Nuncio.Http.Headers;
using Nuncio.Http.Http1;
using Nuncio.Http.Streams;
using Nuncio.Testing.Http;

namespace Nuncio.Http.Tests.Http1;

/// <summary>What a server codec writes for a response, and what becomes of the connection.</summary>
public sealed class ServerEncodeTests
{
    private const string Get = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
    private const string Head = "HEAD / HTTP/1.1\r\nhost: a\r\n\r\n";

    private static ServerCodecProbe After(string request, Http1Options? options = null) => new ServerCodecProbe(options).Receive(request);

    [Fact]
    public void Headers_AreWrittenInOrder_WithoutHopByHop()
    {
        ServerCodecProbe probe = After(Get);
        probe.Respond(
            200, "", "x", "y", "content-type", "text/plain", "transfer-encoding", "chunked", "keep-alive", "5", "proxy-connection", "x",
            "upgrade", "h2c", "http2-settings", "z", "Set-Cookie", "a=1", "set-cookie", "b=2");
        Assert.Equal(
            "HTTP/1.1 200 OK\r\nx: y\r\ncontent-type: text/plain\r\nset-cookie: a=1\r\nset-cookie: b=2\r\ncontent-length: 0\r\n\r\n",
            probe.SentText);
        Assert.False(probe.IsClosed);
    }

    [Theory]
    [InlineData("GET", 200, "content-length: 0\r\n")]
    [InlineData("GET", 404, "content-length: 0\r\n")]
    [InlineData("GET", 205, "content-length: 0\r\n")]
    [InlineData("GET", 204, "")]
    [InlineData("GET", 304, "")]
    [InlineData("HEAD", 200, "")]
    [InlineData("HEAD", 404, "")]
    [InlineData("POST", 500, "content-length: 0\r\n")]
    public void HeadersOnly_SayNoLengthWhereNoneIsAllowed(string method, int status, string framing)
    {
        ServerCodecProbe probe = After($"{method} / HTTP/1.1\r\nhost: a\r\n\r\n");
        probe.Respond(status);
        Assert.Equal($"HTTP/1.1 {status} {Encoding.ASCII.GetString(HttpStatus.ReasonPhrase(status))}\r\n{framing}\r\n", probe.SentText);
        Assert.False(probe.IsClosed);
    }

    [Fact]
    public void BodyWithLength_IsSentAsItIs()
    {
        ServerCodecProbe probe = After(Get);
        probe.Respond(200, "hello", "content-length", "5");
        Assert.Equal("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", probe.SentText);
    }

    [Fact]
    public void BodyWithoutLength_IsChunked()
    {
        ServerCodecProbe probe = After(Get);
        probe.Encoder.EncodeHeaders(probe.Headers(":status", "200"), endStream: false);
        probe.Send("hello", endStream: false);
        probe.Send("", endStream: false);
        probe.Send(new string('x', 26), endStream: false);
        probe.Send("", endStream: true);
        Assert.Equal(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n1a\r\nxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n0\r\n\r\n", probe.SentText);
        Assert.False(probe.IsClosed);
    }

    [Fact]
    public void BodyOfHeadResponse_IsDropped_ButItsFramingAnnounced()
    {
        ServerCodecProbe probe = After(Head);
        probe.Respond(200, "hello", "content-length", "5");
        ServerCodecProbe chunked = After(Head);
        chunked.Respond(200, "hello");
        Assert.Equal("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", probe.SentText);
        Assert.Equal("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", chunked.SentText);
        Assert.False(probe.IsClosed);
        Assert.Equal(0, probe.Counters.LengthMismatches);
    }

    [Theory]
    [InlineData(204)]
    [InlineData(304)]
    public void BodyWhereNoneIsAllowed_IsDropped(int status)
    {
        ServerCodecProbe probe = After(Get);
        probe.Respond(status, "hello");
        Assert.EndsWith("\r\n\r\n", probe.SentText, StringComparison.Ordinal);
        Assert.DoesNotContain("chunked", probe.SentText, StringComparison.Ordinal);
        Assert.False(probe.IsClosed);
    }

    [Fact]
    public void LengthOf204_IsTakenOut_AndOf304Kept()
    {
        ServerCodecProbe no = After(Get);
        no.Respond(204, "", "content-length", "5");
        ServerCodecProbe notModified = After(Get);
        notModified.Respond(304, "", "content-length", "5");
        Assert.Equal("HTTP/1.1 204 No Content\r\n\r\n", no.SentText);
        Assert.Equal("HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n", notModified.SentText);
    }

    [Fact]
    public void LengthWithoutBody_IsCorrected()
    {
        ServerCodecProbe probe = After(Get);
        probe.Respond(200, "", "content-length", "5");
        Assert.Equal("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", probe.SentText);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("5, 5")]
    public void UnusableLength_IsReplacedByChunks(string length)
    {
        ServerCodecProbe probe = After(Get);
        probe.Respond(200, "hello", "content-length", length);
        Assert.Equal("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", probe.SentText);
    }

    [Fact]
    public void TwoLengths_AreReplacedByChunks()
    {
        ServerCodecProbe probe = After(Get);
        probe.Respond(200, "hello", "content-length", "5", "content-length", "6");
        Assert.Equal("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", probe.SentText);
    }

    [Fact]
    public void BodyBeyondItsLength_IsCutOff_AndTheConnectionClosed()
    {
        ServerCodecProbe probe = After(Get + Get);
        probe.Respond(200, "hello world", "content-length", "5");
        Assert.Equal("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", probe.SentText);
        Assert.True(probe.IsClosed);
        Assert.Equal(1, probe.Counters.LengthMismatches);
    }

    [Fact]
    public void BodyShortOfItsLength_ClosesTheConnection()
    {
        ServerCodecProbe probe = After(Get + Get);
        probe.Respond(200, "hell", "content-length", "5");
        Assert.Contains("close after flush", probe.Transcript.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, probe.Counters.LengthMismatches);
    }

    [Fact]
    public void Trailers_AreSent_WhenEnabledAndChunked()
    {
        ServerCodecProbe on = After(Get, new Http1Options { EnableTrailers = true });
        ServerCodecProbe off = After(Get);
        foreach (ServerCodecProbe probe in new[] { on, off })
        {
            probe.Encoder.EncodeHeaders(probe.Headers(":status", "200"), endStream: false);
            probe.Send("hi", endStream: false);
            probe.Encoder.EncodeTrailers(probe.Headers("x", "y", "content-length", "7"));
            Assert.False(probe.IsClosed);
        }

        Assert.EndsWith("2\r\nhi\r\n0\r\nx: y\r\n\r\n", on.SentText, StringComparison.Ordinal);
        Assert.EndsWith("2\r\nhi\r\n0\r\n\r\n", off.SentText, StringComparison.Ordinal);
    }

    [Fact]
    public void ProperCase_CapitalisesWords()
    {
        ServerCodecProbe probe = After(Get, new Http1Options { HeaderKeyFormat = HeaderKeyFormat.ProperCase });
        probe.Respond(200, "hi", "x-my_header", "y", "etag", "1", "1abc-x2y", "z");
        Assert.Equal(
            "HTTP/1.1 200 OK\r\nX-My_Header: y\r\nEtag: 1\r\n1abc-X2y: z\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
            probe.SentText);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nhost: a\r\nconnection: foo, CLOSE\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nhost: a\r\nproxy-connection: close\r\n\r\n")]
    public void RequestThatAsksToClose_IsTheLast(string request)
    {
        ServerCodecProbe probe = After(request + Get);
        probe.Respond(200);
        Assert.Equal("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", probe.SentText);
        Assert.EndsWith("close after flush\n", probe.Transcript.ToString(), StringComparison.Ordinal);
        probe.Dispatch();
        Assert.True(probe.Input.IsEmpty);
    }

    [Fact]
    public void ResponseThatSaysClose_IsTheLast()
    {
        ServerCodecProbe probe = After(Get);
        probe.Respond(200, "", "connection", "close");
        Assert.Equal("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", probe.SentText);
        Assert.True(probe.IsClosed);
    }

    [Fact]
    public void GoAway_ClosesAfterTheNextResponse()
    {
        ServerCodecProbe probe = After(Get);
        probe.Codec.GoAway();
        probe.Respond(200);
        Assert.Contains("connection: close\r\n", probe.SentText, StringComparison.Ordinal);
        Assert.True(probe.IsClosed);
    }

    [Fact]
    public void ResponseBeforeRequestIsComplete_IsTheLast_AndTheRestOfTheRequestIsDropped()
    {
        ServerCodecProbe probe = new() { OnHead = p => p.Respond(413, "no", "content-length", "2") };
        probe.Receive("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nfirst");
        probe.Receive(new string('x', 95) + Get);
        Assert.Equal("HTTP/1.1 413 Payload Too Large\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno", probe.SentText);
        Assert.Equal(
            "new\nheaders | :method: POST | :path: / | :authority: a | content-length: 100\nclose after flush\n", probe.Transcript.ToString());
        Assert.True(probe.Input.IsEmpty);
    }

    [Fact]
    public void Http10_ClosesUnlessKeepAlive_AndIsNeverChunked()
    {
        Http1Options options = new() { AcceptHttp10 = true };
        ServerCodecProbe plain = After("GET / HTTP/1.0\r\nhost: a\r\n\r\n", options);
        plain.Respond(200, "hi", "content-length", "2");
        Assert.Equal("HTTP/1.0 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi", plain.SentText);
        Assert.True(plain.IsClosed);
        ServerCodecProbe kept = After("GET / HTTP/1.0\r\nhost: a\r\nconnection: keep-alive\r\n\r\n", options);
        kept.Respond(200, "hi", "content-length", "2");
        Assert.Equal("HTTP/1.0 200 OK\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\nhi", kept.SentText);
        Assert.False(kept.IsClosed);
        ServerCodecProbe unknown = After("GET / HTTP/1.0\r\nhost: a\r\nconnection: keep-alive\r\n\r\n", options);
        unknown.Encoder.EncodeInformational(unknown.Headers(":status", "100"));
        unknown.Respond(200, "hi");
        Assert.Equal("HTTP/1.0 200 OK\r\nconnection: close\r\n\r\nhi", unknown.SentText);
        Assert.True(unknown.IsClosed);
    }

    [Fact]
    public void Informational_GoesBeforeTheResponse()
    {
        ServerCodecProbe probe = After(Get);
        probe.Encoder.EncodeInformational(probe.Headers(":status", "100"));
        probe.Encoder.EncodeInformational(probe.Headers(":status", "103", "link", "</x>"));
        probe.Respond(200);
        Assert.Equal(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            probe.SentText);
        Assert.False(probe.IsClosed);
    }

    [Fact]
    public void SwitchingProtocols_CarriesRawBytesBothWays()
    {
        ServerCodecProbe probe = After("GET / HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\nearly");
        probe.Encoder.EncodeHeaders(probe.Headers(":status", "101", "upgrade", "websocket", "connection", "Upgrade"), endStream: false);
        probe.Send("raw out", endStream: false);
        probe.Receive("GET / raw in");
        probe.Codec.OnPeerHalfClosed();
        probe.Send("last", endStream: true);
        Assert.Equal("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\nraw outlast", probe.SentText);
        Assert.EndsWith("body earlyGET / raw in\nend\nclose after flush\n", probe.Transcript.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ConnectAccepted_CarriesRawBytes_Refused_Closes()
    {
        ServerCodecProbe open = After("CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n");
        open.Encoder.EncodeHeaders(open.Headers(":status", "200", "content-length", "5"), endStream: false);
        open.Send("raw", endStream: false);
        Assert.Equal("HTTP/1.1 200 OK\r\n\r\nraw", open.SentText);
        ServerCodecProbe refused = After("CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n");
        refused.Respond(404);
        Assert.Equal("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", refused.SentText);
        Assert.True(refused.IsClosed);
    }

    [Fact]
    public void PipelinedRequests_AreServedOneByOneInOrder()
    {
        byte[] bytes = Encoding.Latin1.GetBytes(
            "GET /1 HTTP/1.1\r\nhost: a\r\n\r\nPOST /2 HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nhiPOST /3 HTTP/1.1\r\nhost: a\r\n"
            + "transfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n\r\nGET /4 HTTP/1.1\r\nhost: a\r\n\r\n");
        string? expected = null;
        foreach (Pieces pieces in Pieces.EveryWay(bytes))
        {
            ServerCodecProbe probe = new() { OnComplete = p => p.Respond(200, "ok") };
            probe.Receive(pieces);
            expected ??= probe.Everything;
            Assert.Equal(expected, probe.Everything);
            Assert.Equal(0, probe.Maps.Rented);
        }

        Assert.Equal(4, expected!.Split("HTTP/1.1 200 OK").Length - 1);
        Assert.Contains(":path: /4", expected, StringComparison.Ordinal);
    }

    [Fact]
    public void PipelinedRequest_WaitsForTheResponseBefore()
    {
        ServerCodecProbe probe = After("GET /1 HTTP/1.1\r\nhost: a\r\n\r\n");
        Assert.False(probe.Codec.IsReadBlocked);
        probe.Receive("GET /2 HTTP/1.1\r\nhost: a\r\n\r\n");
        Assert.True(probe.Codec.IsReadBlocked);
        Assert.DoesNotContain("/2", probe.Transcript.ToString(), StringComparison.Ordinal);
        probe.Respond(200);
        Assert.False(probe.Codec.IsReadBlocked);
        probe.Dispatch();
        Assert.Contains("/2", probe.Transcript.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void PipelinedRequest_WaitsWhileOutputIsBackedUp()
    {
        ServerCodecProbe probe = After(Get + "GET /2 HTTP/1.1\r\nhost: a\r\n\r\n");
        probe.Codec.OnOutputBackedUp(above: true);
        probe.Respond(200);
        probe.Dispatch();
        Assert.DoesNotContain("/2", probe.Transcript.ToString(), StringComparison.Ordinal);
        Assert.True(probe.Codec.IsReadBlocked);
        probe.Codec.OnOutputBackedUp(above: false);
        probe.Dispatch();
        Assert.Contains("/2", probe.Transcript.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("new\nheaders | :method: GET | :path: / | :authority: a | end\nabove\n", probe.Transcript.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ReadDisable_HoldsTheBodyBack()
    {
        ServerCodecProbe probe = new() { OnHead = p => p.Encoder.Stream.ReadDisable(true) };
        probe.Receive("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello");
        Assert.True(probe.Codec.IsReadBlocked);
        Assert.Equal(5, probe.Input.Length);
        probe.Encoder.Stream.ReadDisable(true);
        probe.Encoder.Stream.ReadDisable(false);
        Assert.True(probe.Codec.IsReadBlocked);
        probe.Encoder.Stream.ReadDisable(false);
        Assert.False(probe.Codec.IsReadBlocked);
        probe.Dispatch();
        Assert.EndsWith("body hello\nend\n", probe.Transcript.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Reset_ClosesWithoutFlushing()
    {
        ServerCodecProbe probe = After("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhe");
        probe.Encoder.Stream.Reset(StreamResetReason.LocalReset);
        probe.Receive("llo");
        Assert.EndsWith("body he\nclose\n", probe.Transcript.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhe", "reset RemoteReset\nclose\n")]
    [InlineData("GET / HT", "reset RemoteReset\nclose\n")]
    [InlineData("", "")]
    [InlineData("\r\n", "")]
    public void PeerGone_ResetsARequestCutShort(string request, string tail)
    {
        ServerCodecProbe probe = After(request);
        probe.Codec.OnPeerHalfClosed();
        Assert.EndsWith(tail, probe.Transcript.ToString(), StringComparison.Ordinal);
        Assert.Equal(tail.Length > 0, probe.IsClosed);
        Assert.Equal(0, probe.Maps.Rented);
    }

    [Fact]
    public void PeerGone_AfterItsRequest_StillGetsTheAnswer()
    {
        ServerCodecProbe probe = After(Get);
        probe.Codec.OnPeerHalfClosed();
        probe.Respond(200);
        Assert.Equal("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", probe.SentText);
        Assert.True(probe.IsClosed);
    }

    [Fact]
    public void HeadLargerThanABlock_IsWritten()
    {
        string value = new('v', 40_000);
        ServerCodecProbe probe = After(Get);
        probe.Respond(200, "", "x", value);
        Assert.Equal($"HTTP/1.1 200 OK\r\nx: {value}\r\ncontent-length: 0\r\n\r\n", probe.SentText);
    }

    [Fact]
    public void ValueWithLineEnd_CannotEndTheLine()
    {
        ServerCodecProbe probe = After(Get);
        probe.Respond(200, "", "x", "a\r\nset-cookie: b\0");
        Assert.Equal("HTTP/1.1 200 OK\r\nx: a  set-cookie: b \r\ncontent-length: 0\r\n\r\n", probe.SentText);
    }
}
