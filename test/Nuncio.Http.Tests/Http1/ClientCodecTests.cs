using System.Text;
using Nuncio.Http.Headers;
using Nuncio.Http.Http1;
using Nuncio.Http.Streams;
using Nuncio.Testing.Http;

namespace Nuncio.Http.Tests.Http1;

/// <summary>What a client codec makes of responses, good and bad, however their bytes are cut.</summary>
public sealed class ClientCodecTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

    /// <summary>Name, method, response, transcript with the state of the connection after it.</summary>
    public static TheoryData<string, string, string, string> Good => new()
    {
        { "length", "GET", "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 5\r\n\r\nhello", "headers | :status: 200 | x: y | content-length: 5\nbody hello\nend\nended\n-- reusable\n" },
        { "length 0", "GET", Ok, "headers | :status: 200 | content-length: 0 | end\nended\n-- reusable\n" },
        { "chunks", "GET", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", "headers | :status: 200\nbody abcde\nend\nended\n-- reusable\n" },
        { "chunks and trailers", "GET", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\na: b\r\n\r\n", "headers | :status: 200\nbody abc\nend\nended\n-- reusable\n" },
        { "no reason", "GET", "HTTP/1.1 404\r\ncontent-length: 0\r\n\r\n", "headers | :status: 404 | content-length: 0 | end\nended\n-- reusable\n" },
        { "empty reason", "GET", "HTTP/1.1 404 \r\ncontent-length: 0\r\n\r\n", "headers | :status: 404 | content-length: 0 | end\nended\n-- reusable\n" },
        { "strange status", "GET", "HTTP/1.1 999 Denied\r\ncontent-length: 0\r\n\r\n", "headers | :status: 999 | content-length: 0 | end\nended\n-- reusable\n" },
        { "head with length", "HEAD", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", "headers | :status: 200 | content-length: 5 | end\nended\n-- reusable\n" },
        { "head with chunks", "HEAD", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "headers | :status: 200 | end\nended\n-- reusable\n" },
        { "head with nothing", "HEAD", "HTTP/1.1 200 OK\r\n\r\n", "headers | :status: 200 | end\nended\n-- reusable\n" },
        { "204", "GET", "HTTP/1.1 204 No Content\r\n\r\n", "headers | :status: 204 | end\nended\n-- reusable\n" },
        { "204 with length 0", "GET", "HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n", "headers | :status: 204 | end\nended\n-- reusable\n" },
        { "304 with length", "GET", "HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n", "headers | :status: 304 | content-length: 5 | end\nended\n-- reusable\n" },
        { "connection close", "GET", "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi", "headers | :status: 200 | content-length: 2\nbody hi\nend\nended\n-- not reusable\n" },
        { "HTTP/1.0", "GET", "HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nhi", "headers | :status: 200 | content-length: 2\nbody hi\nend\nended\n-- not reusable\n" },
        { "HTTP/1.0 kept alive", "GET", "HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nhi", "headers | :status: 200 | content-length: 2\nbody hi\nend\nended\n-- reusable\n" },
        { "HTTP/1.2", "GET", "HTTP/1.2 200 OK\r\ncontent-length: 0\r\n\r\n", "headers | :status: 200 | content-length: 0 | end\nended\n-- reusable\n" },
        { "hop-by-hop", "GET", "HTTP/1.1 200 OK\r\nconnection: x-mine, content-length, :x\r\nkeep-alive: 3\r\nx-mine: 1\r\nupgrade: h2c\r\ncontent-length: 0\r\n\r\n", "headers | :status: 200 | content-length: 0 | end\nended\n-- reusable\n" },
        { "host is a header like others", "GET", "HTTP/1.1 204 No\r\nhost: a\r\nhost: b\r\n\r\n", "headers | :status: 204 | host: a | host: b | end\nended\n-- reusable\n" },
        { "underscores are none of our business", "GET", "HTTP/1.1 204 No\r\nx_y: a\r\n\r\n", "headers | :status: 204 | x_y: a | end\nended\n-- reusable\n" },
        { "100, 103 and the rest", "GET", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + Ok, "informational | :status: 100\ninformational | :status: 103 | link: x\nheaders | :status: 200 | content-length: 0 | end\nended\n-- reusable\n" },
        { "199 is dropped", "GET", "HTTP/1.1 199 X\r\n\r\n" + Ok, "headers | :status: 200 | content-length: 0 | end\nended\n-- reusable\n" },
        { "bytes after the response", "GET", Ok + "x", "headers | :status: 200 | content-length: 0 | end\nended\n*-- not reusable\n" },
        { "response after the response", "GET", Ok + "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\npoison", "headers | :status: 200 | content-length: 0 | end\nended\n*-- not reusable\n" },
        { "body after a HEAD response", "HEAD", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", "headers | :status: 200 | content-length: 5 | end\nended\n*-- not reusable\n" },
        { "body after 304", "GET", "HTTP/1.1 304 X\r\n\r\nhello", "headers | :status: 304 | end\nended\n*-- not reusable\n" },
        { "connect", "CONNECT", "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\nraw bytes", "headers | :status: 200\nbody raw bytes\n-- not reusable\n" },
    };

    /// <summary>Name, method, response, details.</summary>
    public static TheoryData<string, string, string, string> Bad => new()
    {
        { "garbage", "GET", "garbage\r\n\r\n", "http1.codec_error" },
        { "empty line first", "GET", "\r\nHTTP/1.1 200 OK\r\n\r\n", "http1.codec_error" },
        { "HTTP/0.9", "GET", "<html>", "http1.codec_error" },
        { "lower-case", "GET", "http/1.1 200 OK\r\n\r\n", "http1.codec_error" },
        { "HTTP/2", "GET", "HTTP/2.0 200 OK\r\n\r\n", "http1.codec_error" },
        { "HTTP/11", "GET", "HTTP/11 200 OK\r\n\r\n", "http1.codec_error" },
        { "two digits", "GET", "HTTP/1.1 20 OK\r\n\r\n", "http1.codec_error" },
        { "four digits", "GET", "HTTP/1.1 2000 OK\r\n\r\n", "http1.codec_error" },
        { "letters", "GET", "HTTP/1.1 2OO OK\r\n\r\n", "http1.codec_error" },
        { "status 099", "GET", "HTTP/1.1 099 OK\r\n\r\n", "http1.codec_error" },
        { "two blanks", "GET", "HTTP/1.1  200 OK\r\n\r\n", "http1.codec_error" },
        { "NUL in the reason", "GET", "HTTP/1.1 200 O\0K\r\n\r\n", "http1.codec_error" },
        { "LF", "GET", "HTTP/1.1 200 OK\ncontent-length: 0\n\n", "http1.codec_error" },
        { "fold", "GET", "HTTP/1.1 200 OK\r\nx: a\r\n b\r\n\r\n", "http1.codec_error" },
        { "blank before colon", "GET", "HTTP/1.1 200 OK\r\nx : a\r\n\r\n", "http1.codec_error" },
        { "NUL", "GET", "HTTP/1.1 200 OK\r\nx: \0\r\n\r\n", "http1.invalid_characters" },
        { "two lengths", "GET", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab", "http1.codec_error" },
        { "two equal lengths", "GET", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\na", "http1.codec_error" },
        { "bad length", "GET", "HTTP/1.1 200 OK\r\ncontent-length: 1a\r\n\r\na", "http1.codec_error" },
        { "length and chunks", "GET", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", "http1.content_length_and_chunked_not_allowed" },
        { "gzip", "GET", "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n", "http1.invalid_transfer_encoding" },
        { "gzip, chunked", "GET", "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "http1.invalid_transfer_encoding" },
        { "chunks in HTTP/1.0", "GET", "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", "http1.invalid_transfer_encoding" },
        { "204 with chunks", "GET", "HTTP/1.1 204 X\r\ntransfer-encoding: chunked\r\n\r\n", "http1.transfer_encoding_not_allowed" },
        { "204 with length", "GET", "HTTP/1.1 204 X\r\ncontent-length: 1\r\n\r\na", "http1.content_length_not_allowed" },
        { "100 with length", "GET", "HTTP/1.1 100 X\r\ncontent-length: 1\r\n\r\na", "http1.content_length_not_allowed" },
        { "101 nobody asked for", "GET", "HTTP/1.1 101 X\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nraw", "http1.codec_error" },
        { "bad chunk", "GET", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\nz\r\n", "http1.codec_error" },
        { "too many headers", "GET", "HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat("a: b\r\n", 101)) + "\r\n", "http1.too_many_headers" },
        { "too large", "GET", "HTTP/1.1 200 OK\r\na: " + new string('b', 82_000) + "\r\n\r\n", "http1.headers_too_large" },
        { "too many informational", "GET", string.Concat(Enumerable.Repeat("HTTP/1.1 199 X\r\n\r\n", 33)), "http1.codec_error" },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void GoodResponse_IsReadAlikeAtEveryCut(string name, string method, string response, string expected)
    {
        Assert.NotEmpty(name);
        foreach (Pieces pieces in Pieces.EveryWay(Encoding.Latin1.GetBytes(response)))
        {
            ClientCodecProbe probe = new ClientCodecProbe().Request(method).Receive(pieces);

            // A star: bytes too many close the connection at once or, when they came later, by a wish of their own.
            Assert.Equal(expected.Replace("*", "", StringComparison.Ordinal), probe.Everything.Replace("ended\nclose\n", "ended\n", StringComparison.Ordinal));
            Assert.Equal(expected.Contains('*', StringComparison.Ordinal) ? CodecStatus.ProtocolError : CodecStatus.Ok, probe.LastStatus);
            Assert.Equal(0, probe.Maps.Rented);
            Assert.True(probe.Input.IsEmpty);
        }
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void BadResponse_ResetsTheStreamAtEveryCut(string name, string method, string response, string details)
    {
        Assert.NotEmpty(name);
        byte[] bytes = Encoding.Latin1.GetBytes(response);
        string? expected = null;
        foreach (Pieces pieces in bytes.Length <= 700 ? Pieces.EveryWay(bytes) : Pieces.SomeWays(bytes, 40, seed: 11))
        {
            ClientCodecProbe probe = new ClientCodecProbe().Request(method).Receive(pieces);
            expected ??= probe.Everything;
            Assert.Equal(expected, probe.Everything);
            Assert.Equal(CodecStatus.ProtocolError, probe.LastStatus);
            Assert.Equal(0, probe.Maps.Rented);
        }

        Assert.EndsWith($"reset ProtocolError {details}\nended\nclose\n-- not reusable\n", expected, StringComparison.Ordinal);
    }

    [Fact]
    public void CloseDelimitedBody_EndsWithTheConnection()
    {
        foreach (Pieces pieces in Pieces.EveryWay(Encoding.Latin1.GetBytes("HTTP/1.1 200 OK\r\nx: y\r\n\r\nall of this")))
        {
            ClientCodecProbe probe = new ClientCodecProbe().Request().Receive(pieces);
            probe.Codec.OnPeerClosed();
            Assert.Equal("headers | :status: 200 | x: y\nbody all of this\nend\nended\n-- not reusable\n", probe.Everything);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 20")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhell")]
    [InlineData("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n")]
    public void ConnectionEndingInsideAResponse_ResetsTheStream(string response)
    {
        ClientCodecProbe probe = new ClientCodecProbe().Request().Receive(response);
        probe.Codec.OnPeerClosed();
        Assert.EndsWith("reset ConnectionTermination\nended\n-- not reusable\n", probe.Everything, StringComparison.Ordinal);
        Assert.Equal(0, probe.Maps.Rented);
    }

    [Fact]
    public void ConnectionEndingWhileIdle_ReportsNothing()
    {
        ClientCodecProbe probe = new ClientCodecProbe().Request().Receive(Ok);
        probe.Codec.OnPeerClosed();
        Assert.EndsWith("ended\n-- not reusable\n", probe.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public void BytesWhileIdle_CloseTheConnection()
    {
        ClientCodecProbe probe = new ClientCodecProbe().Receive("HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n\r\n");
        Assert.Equal("close\n-- not reusable\n", probe.Everything);
        Assert.Equal(CodecStatus.ProtocolError, probe.LastStatus);
        Assert.Equal(1, probe.Counters.ResponseFloods);
    }

    [Fact]
    public void BytesBeforeTheRequestIsSent_AreNotItsResponse()
    {
        ClientCodecProbe probe = new ClientCodecProbe().Begin().Receive(Ok);
        Assert.Equal("reset ProtocolError http1.codec_error\nended\nclose\n-- not reusable\n", probe.Everything);
    }

    [Fact]
    public void ResponseBeforeTheRequestIsComplete_IsDelivered_ThenTheStreamReset()
    {
        ClientCodecProbe probe = new ClientCodecProbe().Begin();
        probe.Head("POST", endStream: false);
        probe.Send("part", endStream: false);
        probe.Receive("HTTP/1.1 413 No\r\ncontent-length: 2\r\n\r\nno");
        probe.Send("rest", endStream: true);
        Assert.Equal(
            "headers | :status: 413 | content-length: 2\nbody no\nend\nreset Http1PrematureUpstreamHalfClose\nended\nclose\n-- not reusable\n",
            probe.Everything);
        Assert.DoesNotContain("rest", probe.SentText, StringComparison.Ordinal);
    }

    [Fact]
    public void Connection_CarriesManyStreams()
    {
        ClientCodecProbe probe = new();
        for (int i = 0; i < 3; i++)
        {
            Assert.True(probe.Codec.IsReusable);
            probe.Request().Receive(Ok);
        }

        Assert.True(probe.Codec.IsReusable);
        Assert.Equal(3, probe.SentText.Split("GET / HTTP/1.1\r\nhost: host\r\n\r\n").Length - 1);
    }

    [Fact]
    public void NextStream_MayBeginInsideTheEndOfTheLast()
    {
        int left = 2;
        ClientCodecProbe probe = new()
        {
            OnEnded = p =>
            {
                if (left-- > 0)
                {
                    p.Request("HEAD");
                }
            },
        };
        probe.Request().Receive(Ok).Receive(Ok).Receive(Ok);
        Assert.Equal(3, probe.Transcript.ToString().Split("ended").Length - 1);
        Assert.True(probe.Codec.IsReusable);
    }

    [Theory]
    [InlineData("GET", "GET / HTTP/1.1\r\nhost: host\r\n\r\n")]
    [InlineData("HEAD", "HEAD / HTTP/1.1\r\nhost: host\r\n\r\n")]
    [InlineData("DELETE", "DELETE / HTTP/1.1\r\nhost: host\r\n\r\n")]
    [InlineData("TRACE", "TRACE / HTTP/1.1\r\nhost: host\r\n\r\n")]
    [InlineData("POST", "POST / HTTP/1.1\r\nhost: host\r\ncontent-length: 0\r\n\r\n")]
    [InlineData("PUT", "PUT / HTTP/1.1\r\nhost: host\r\ncontent-length: 0\r\n\r\n")]
    [InlineData("OPTIONS", "OPTIONS / HTTP/1.1\r\nhost: host\r\ncontent-length: 0\r\n\r\n")]
    [InlineData("FOO", "FOO / HTTP/1.1\r\nhost: host\r\ncontent-length: 0\r\n\r\n")]
    [InlineData("CONNECT", "CONNECT host HTTP/1.1\r\nhost: host\r\n\r\n")]
    public void RequestWithoutBody_SaysItsLengthWhereOneIsExpected(string method, string expected) =>
        Assert.Equal(expected, new ClientCodecProbe().Request(method).SentText);

    [Fact]
    public void Request_IsWrittenInOrder_WithoutHopByHop()
    {
        ClientCodecProbe probe = new ClientCodecProbe().Request(
            "GET", "", ":scheme", "http", "x", "y", "host", "other", "connection", "keep-alive", "keep-alive", "1", "transfer-encoding", "chunked",
            "proxy-connection", "x", "upgrade", "h2c", "http2-settings", "z", "te", "trailers", "expect", "100-continue", "cookie", "a", "cookie", "b");
        Assert.Equal(
            "GET / HTTP/1.1\r\nhost: host\r\nx: y\r\nte: trailers\r\nexpect: 100-continue\r\ncookie: a\r\ncookie: b\r\n\r\n", probe.SentText);
    }

    [Fact]
    public void Body_IsSentWithItsLength_ElseInChunks()
    {
        ClientCodecProbe length = new ClientCodecProbe().Request("POST", "hello", "content-length", "5");
        ClientCodecProbe chunks = new ClientCodecProbe().Request("POST", "hello");
        Assert.Equal("POST / HTTP/1.1\r\nhost: host\r\ncontent-length: 5\r\n\r\nhello", length.SentText);
        Assert.Equal("POST / HTTP/1.1\r\nhost: host\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", chunks.SentText);
    }

    [Fact]
    public void TwoLengths_AreReplacedByChunks()
    {
        ClientCodecProbe probe = new ClientCodecProbe().Request("POST", "hello", "content-length", "5", "content-length", "6");
        Assert.Equal("POST / HTTP/1.1\r\nhost: host\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", probe.SentText);
    }

    [Fact]
    public void LengthWithoutBody_IsCorrected() =>
        Assert.Equal(
            "GET / HTTP/1.1\r\nhost: host\r\ncontent-length: 0\r\n\r\n", new ClientCodecProbe().Request("GET", "", "content-length", "5").SentText);

    [Fact]
    public void BodyBeyondItsLength_IsCutOff_AndTheConnectionNotUsedAgain()
    {
        ClientCodecProbe probe = new ClientCodecProbe().Request("POST", "hello GET / HTTP/1.1", "content-length", "5");
        Assert.EndsWith("\r\n\r\nhello", probe.SentText, StringComparison.Ordinal);
        probe.Receive(Ok);
        Assert.EndsWith("ended\n-- not reusable\n", probe.Everything, StringComparison.Ordinal);
        Assert.Equal(1, probe.Counters.LengthMismatches);
    }

    [Fact]
    public void BodyShortOfItsLength_ClosesTheConnection()
    {
        ClientCodecProbe probe = new ClientCodecProbe().Request("POST", "hell", "content-length", "5");
        Assert.Equal("close\n", probe.Transcript.ToString());
        probe.Codec.OnPeerClosed();
        Assert.Equal("close\nreset ConnectionTermination\nended\n-- not reusable\n", probe.Everything);
    }

    [Theory]
    [InlineData(":method", "")]
    [InlineData(":method", "GE T")]
    [InlineData(":path", "")]
    [InlineData(":path", "/a b")]
    [InlineData(":path", "/ HTTP/1.1\r\nx: y")]
    [InlineData(":path", "/\xe9")]
    public void RequestLineThatCannotBeWritten_SendsNothing(string header, string value)
    {
        ClientCodecProbe probe = new ClientCodecProbe().Begin();
        HeaderMap map = probe.Headers(":method", "GET", ":path", "/", ":authority", "a");
        map.Set(Encoding.Latin1.GetBytes(header), Encoding.Latin1.GetBytes(value));
        Assert.False(probe.Encoder.EncodeHeaders(map, endStream: true, out string? missing));
        Assert.Equal(header, missing);
        Assert.Equal("", probe.SentText);
    }

    [Fact]
    public void FullyQualifiedUrl_IsSent_WhenConfigured()
    {
        Http1Options options = new() { SendFullyQualifiedUrl = true };
        Assert.Equal(
            "GET http://host/ HTTP/1.1\r\nhost: host\r\n\r\n", new ClientCodecProbe(options).Request("GET", "", ":scheme", "http").SentText);
        Assert.Equal("missing :scheme\n", new ClientCodecProbe(options).Request().Transcript.ToString());
    }

    [Fact]
    public void ProperCase_IsSent_WhenConfigured() =>
        Assert.Equal(
            "GET / HTTP/1.1\r\nHost: host\r\nX-A: b\r\n\r\n",
            new ClientCodecProbe(new Http1Options { HeaderKeyFormat = HeaderKeyFormat.ProperCase }).Request("GET", "", "x-a", "b").SentText);

    [Fact]
    public void Upgrade_CarriesRawBytesBothWays()
    {
        foreach (Pieces pieces in Pieces.EveryWay(
            Encoding.Latin1.GetBytes("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nraw in")))
        {
            ClientCodecProbe probe = new ClientCodecProbe().Begin();
            probe.Head("GET", endStream: false, "connection", "Upgrade", "upgrade", "websocket");
            probe.Receive(pieces);
            probe.Send("raw out", endStream: false);
            Assert.Equal(
                "GET / HTTP/1.1\r\nhost: host\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\nraw out", probe.SentText);
            Assert.Equal("headers | :status: 101 | upgrade: websocket | connection: Upgrade\nbody raw in\n", probe.Transcript.ToString());
            probe.Send("", endStream: true);
            probe.Codec.OnPeerClosed();
            Assert.EndsWith("end\nended\n-- not reusable\n", probe.Everything, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ReadDisable_HoldsTheResponseBack()
    {
        ClientCodecProbe probe = new ClientCodecProbe().Request();
        probe.Encoder.Stream.ReadDisable(true);
        probe.Receive(Ok);
        Assert.True(probe.Codec.IsReadBlocked);
        Assert.Equal("", probe.Transcript.ToString());
        probe.Encoder.Stream.ReadDisable(false);
        probe.Dispatch();
        Assert.EndsWith("ended\n-- reusable\n", probe.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public void Reset_EndsTheStreamAndTheConnection()
    {
        ClientCodecProbe probe = new ClientCodecProbe().Request();
        probe.Encoder.Stream.Reset(StreamResetReason.LocalReset);
        probe.Receive(Ok);
        Assert.Equal("ended\nclose\n-- not reusable\n", probe.Everything);
    }

    [Fact]
    public void Watermarks_ReachTheActiveStreamOnly()
    {
        ClientCodecProbe probe = new();
        probe.Codec.OnOutputBackedUp(true);
        probe.Request();
        probe.Codec.OnOutputBackedUp(true);
        probe.Codec.OnOutputBackedUp(false);
        Assert.Equal("above\nbelow\n", probe.Transcript.ToString());
    }

    [Fact]
    public void TrailersEnabled_AreDeliveredAndSent()
    {
        ClientCodecProbe probe = new ClientCodecProbe(new Http1Options { EnableTrailers = true }).Begin();
        probe.Head("POST", endStream: false);
        probe.Send("x", endStream: false);
        probe.Encoder.EncodeTrailers(probe.Headers("a", "b"));
        probe.Receive("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nc: d\r\n\r\n");
        Assert.EndsWith("1\r\nx\r\n0\r\na: b\r\n\r\n", probe.SentText, StringComparison.Ordinal);
        Assert.Equal("headers | :status: 200\ntrailers | c: d | end\nended\n-- reusable\n", probe.Everything);
    }
}
