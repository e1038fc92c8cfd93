using System.Collections.Immutable;
using System.Text;
using Nuncio.Http.Http1;
using Nuncio.Http.Streams;
using Nuncio.Testing.Http;

namespace Nuncio.Http.Tests.Http1;

/// <summary>Requests that are served, and what of them reaches the layers above, however their bytes are cut.</summary>
public sealed class GoodRequestTests
{
    private const string Upgrade = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n";

    /// <summary>Name, request, expected transcript.</summary>
    public static TheoryData<string, string, string> Cases => new()
    {
        {
            "plain",
            "GET /index.html?a=b HTTP/1.1\r\nHost: example.com:8080\r\nUser-Agent: curl/8\r\nAccept: */*\r\n\r\n",
            "headers | :method: GET | :path: /index.html?a=b | :authority: example.com:8080 | user-agent: curl/8 | accept: */* | end\n"
        },
        {
            "empty lines first",
            "\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n",
            "headers | :method: GET | :path: / | :authority: a | end\n"
        },
        {
            "no host",
            "GET / HTTP/1.1\r\nx: y\r\n\r\n",
            "headers | :method: GET | :path: / | x: y | end\n"
        },
        {
            "blanks around values",
            "GET / HTTP/1.1\r\nhost:a\r\nx: \t b \t\r\ny:\r\nz:  c d\te\r\n\r\n",
            "headers | :method: GET | :path: / | :authority: a | x: b | y:  | z: c d\te | end\n"
        },
        {
            "names are lower-cased",
            "GET / HTTP/1.1\r\nHOST: a\r\nX-Very-Long-Custom-Header-NAME_1: V\r\n\r\n",
            "headers | :method: GET | :path: / | :authority: a | x-very-long-custom-header-name_1: V | end\n"
        },
        {
            "every token byte in a name",
            "GET / HTTP/1.1\r\nhost: a\r\n!#$%&'*+-.^_`|~09azAZ: v\r\n\r\n",
            "headers | :method: GET | :path: / | :authority: a | !#$%&'*+-.^_`|~09azaz: v | end\n"
        },
        {
            "bytes above 0x7f in values",
            "GET / HTTP/1.1\r\nhost: a\r\nx: caf\xe9 and some more of it \xff\r\n\r\n",
            "headers | :method: GET | :path: / | :authority: a | x: caf\xe9 and some more of it \xff | end\n"
        },
        {
            "repeated headers keep their order",
            "GET / HTTP/1.1\r\nhost: a\r\ncookie: a\r\nx: 1\r\ncookie: b\r\nx: 2\r\n\r\n",
            "headers | :method: GET | :path: / | :authority: a | cookie: a | x: 1 | cookie: b | x: 2 | end\n"
        },
        {
            "length",
            "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello",
            "headers | :method: POST | :path: / | :authority: a | content-length: 5\nbody hello\nend\n"
        },
        {
            "length 0",
            "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n",
            "headers | :method: POST | :path: / | :authority: a | content-length: 0 | end\n"
        },
        {
            "length with leading zeros",
            "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 005\r\n\r\nhello",
            "headers | :method: POST | :path: / | :authority: a | content-length: 5\nbody hello\nend\n"
        },
        {
            "length with GET",
            "GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nhi",
            "headers | :method: GET | :path: / | :authority: a | content-length: 2\nbody hi\nend\n"
        },
        {
            "chunks",
            "POST / HTTP/1.1\r\nhost: a\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n06\r\n world\r\n0\r\n\r\n",
            "headers | :method: POST | :path: / | :authority: a\nbody hello world\nend\n"
        },
        {
            "no chunks",
            "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n000\r\n\r\n",
            "headers | :method: POST | :path: / | :authority: a\nend\n"
        },
        {
            "chunk extensions",
            "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n1;a\r\nx\r\n1 ; b = c ;d=\"q\\\";\"\r\ny\r\n0;e\r\n\r\n",
            "headers | :method: POST | :path: / | :authority: a\nbody xy\nend\n"
        },
        {
            "upper-case chunk size",
            "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n",
            "headers | :method: POST | :path: / | :authority: a\nbody 0123456789\nend\n"
        },
        {
            "trailers are dropped",
            "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\na: b\r\nc: d\r\n\r\n",
            "headers | :method: POST | :path: / | :authority: a\nbody x\nend\n"
        },
        {
            "hop-by-hop headers are taken out",
            "GET / HTTP/1.1\r\nhost: a\r\nconnection: Keep-Alive, X-Mine, accept\r\nkeep-alive: 5\r\nproxy-connection: x\r\nx-mine: 1\r\naccept: b\r\nx: y\r\n\r\n",
            "headers | :method: GET | :path: / | :authority: a | x: y | end\n"
        },
        {
            "upgrade without connection is taken out",
            "GET / HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\n\r\n",
            "headers | :method: GET | :path: / | :authority: a | end\n"
        },
        {
            "h2c upgrade is taken out",
            "GET / HTTP/1.1\r\nhost: a\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n\r\n",
            "headers | :method: GET | :path: / | :authority: a | end\n"
        },
        {
            "te keeps trailers only",
            "GET / HTTP/1.1\r\nhost: a\r\nconnection: te\r\nte: gzip;q=0.5, Trailers\r\n\r\n",
            "headers | :method: GET | :path: / | :authority: a | te: trailers | end\n"
        },
        {
            "te without trailers is taken out",
            "GET / HTTP/1.1\r\nhost: a\r\nte: gzip\r\n\r\n",
            "headers | :method: GET | :path: / | :authority: a | end\n"
        },
        {
            "expect is left",
            "POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 1\r\n\r\nx",
            "headers | :method: POST | :path: / | :authority: a | expect: 100-continue | content-length: 1\nbody x\nend\n"
        },
        {
            "absolute form",
            "GET HTTP://B:81/p?q HTTP/1.1\r\nhost: a\r\n\r\n",
            "headers | :method: GET | :scheme: http | :authority: B:81 | :path: /p?q | end\n"
        },
        {
            "absolute form without a path",
            "GET https://b HTTP/1.1\r\n\r\n",
            "headers | :method: GET | :scheme: https | :authority: b | :path: / | end\n"
        },
        {
            "absolute form with a query only",
            "GET http://b?q=1 HTTP/1.1\r\nhost: b\r\n\r\n",
            "headers | :method: GET | :scheme: http | :authority: b | :path: /?q=1 | end\n"
        },
        {
            "asterisk",
            "OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n",
            "headers | :method: OPTIONS | :path: * | :authority: a | end\n"
        },
        {
            "address in brackets",
            "GET / HTTP/1.1\r\nhost: [::1]:80\r\n\r\n",
            "headers | :method: GET | :path: / | :authority: [::1]:80 | end\n"
        },
        {
            "empty host",
            "GET / HTTP/1.1\r\nhost:\r\n\r\n",
            "headers | :method: GET | :path: / | :authority:  | end\n"
        },
        {
            "connect",
            "CONNECT example.com:443 HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n\x16\x03raw",
            "headers | :method: CONNECT | :authority: example.com:443\nbody \x16\x03raw\n"
        },
        {
            "upgrade",
            Upgrade + "raw\r\n\0bytes",
            "headers | :method: GET | :path: /ws | :authority: a | upgrade: websocket | connection: Upgrade\nbody raw\r\n\0bytes\n"
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void GoodRequest_IsReadAlikeAtEveryCut(string name, string request, string expected)
    {
        Assert.NotEmpty(name);
        foreach (Pieces pieces in Pieces.EveryWay(Encoding.Latin1.GetBytes(request)))
        {
            ServerCodecProbe probe = new ServerCodecProbe().Receive(pieces);
            Assert.Equal("new\n" + expected, probe.Transcript.ToString());
            Assert.Equal(CodecStatus.Ok, probe.LastStatus);
            Assert.Equal(0, probe.Maps.Rented);
            Assert.True(probe.Input.IsEmpty);
        }
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("PUT")]
    [InlineData("ACL")]
    [InlineData("BIND")]
    [InlineData("CHECKOUT")]
    [InlineData("COPY")]
    [InlineData("DELETE")]
    [InlineData("LINK")]
    [InlineData("LOCK")]
    [InlineData("MERGE")]
    [InlineData("MKACTIVITY")]
    [InlineData("MKCALENDAR")]
    [InlineData("MKCOL")]
    [InlineData("MOVE")]
    [InlineData("MSEARCH")]
    [InlineData("NOTIFY")]
    [InlineData("OPTIONS")]
    [InlineData("PATCH")]
    [InlineData("POST")]
    [InlineData("PROPFIND")]
    [InlineData("PROPPATCH")]
    [InlineData("PURGE")]
    [InlineData("REBIND")]
    [InlineData("REPORT")]
    [InlineData("SEARCH")]
    [InlineData("SOURCE")]
    [InlineData("SUBSCRIBE")]
    [InlineData("TRACE")]
    [InlineData("UNBIND")]
    [InlineData("UNLINK")]
    [InlineData("UNLOCK")]
    [InlineData("UNSUBSCRIBE")]
    public void KnownMethod_IsServed(string method) =>
        Assert.Equal(
            $"new\nheaders | :method: {method} | :path: / | :authority: a | end\n",
            new ServerCodecProbe().Receive($"{method} / HTTP/1.1\r\nhost: a\r\n\r\n").Transcript.ToString());

    [Fact]
    public void CustomMethod_IsServed_WhenAllowed()
    {
        Http1Options options = new() { AllowCustomMethods = true };
        Assert.Contains(
            ":method: foo!", new ServerCodecProbe(options).Receive("foo! / HTTP/1.1\r\nhost: a\r\n\r\n").Transcript.ToString(), StringComparison.Ordinal);
        Assert.Contains(
            "error 400", new ServerCodecProbe(options).Receive("f,o / HTTP/1.1\r\nhost: a\r\n\r\n").Transcript.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Trailers_AreDelivered_WhenEnabled_WithoutThoseThatFrameOrRoute()
    {
        const string Request =
            "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\ngrpc-status: 0\r\nContent-Length: 9\r\nhost: b\r\nX: y\r\n\r\n";
        foreach (Pieces pieces in Pieces.EveryWay(Encoding.Latin1.GetBytes(Request)))
        {
            ServerCodecProbe probe = new ServerCodecProbe(new Http1Options { EnableTrailers = true }).Receive(pieces);
            Assert.Equal(
                "new\nheaders | :method: POST | :path: / | :authority: a\nbody hi\ntrailers | grpc-status: 0 | x: y | end\n",
                probe.Transcript.ToString());
        }
    }

    [Fact]
    public void TrailersThatAreAllDropped_EndTheBody()
    {
        ServerCodecProbe probe = new(new Http1Options { EnableTrailers = true });
        probe.Receive("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nhost: b\r\n\r\n");
        Assert.EndsWith("body hi\nend\n", probe.Transcript.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ChunkedWithLength_IsServedWithoutTheLength_WhenAllowed()
    {
        ServerCodecProbe probe = new(new Http1Options { AllowChunkedLength = true });
        probe.Receive("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 99\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n");
        Assert.Equal("new\nheaders | :method: POST | :path: / | :authority: a\nbody x\nend\n", probe.Transcript.ToString());
    }

    [Fact]
    public void AbsoluteForm_IsThePath_WhenNotAllowed() =>
        Assert.Equal(
            "new\nheaders | :method: GET | :path: http://b/p | :authority: a | end\n",
            new ServerCodecProbe(new Http1Options { AllowAbsoluteUrl = false })
                .Receive("GET http://b/p HTTP/1.1\r\nhost: a\r\n\r\n").Transcript.ToString());

    [Fact]
    public void UnderscoreHeaders_AreDroppedAndCounted_WhenConfigured()
    {
        ServerCodecProbe probe = new(new Http1Options { HeadersWithUnderscores = UnderscoreAction.DropHeader });
        probe.Receive("GET / HTTP/1.1\r\nhost: a\r\nx_y: 1\r\na_very_long_name_of_a_header: 2\r\nz: 3\r\n\r\n");
        Assert.Equal("new\nheaders | :method: GET | :path: / | :authority: a | z: 3 | end\n", probe.Transcript.ToString());
        Assert.Equal(2, probe.Counters.DroppedHeaders);
    }

    [Fact]
    public void Http10_IsServed_WithDefaultHost_WhenAccepted()
    {
        Http1Options options = new() { AcceptHttp10 = true, DefaultHostForHttp10 = [.. "fallback"u8] };
        ServerCodecProbe probe = new ServerCodecProbe(options).Receive("GET / HTTP/1.0\r\n\r\n");
        Assert.Equal("new\nheaders | :method: GET | :path: / | :authority: fallback | end\n", probe.Transcript.ToString());
        Assert.Equal(HttpProtocol.Http10, probe.Codec.Protocol);
        ServerCodecProbe named = new ServerCodecProbe(options).Receive("GET / HTTP/1.0\r\nhost: b\r\n\r\n");
        Assert.Contains(":authority: b", named.Transcript.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void TransferEncodingInHttp10_IsRefused()
    {
        ServerCodecProbe probe = new(new Http1Options { AcceptHttp10 = true });
        probe.Receive("POST / HTTP/1.0\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n");
        Assert.Contains("error 400 http1.invalid_transfer_encoding", probe.Transcript.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Exactly100Headers_AreServed()
    {
        string lines = string.Concat(Enumerable.Range(0, 99).Select(i => $"x{i}: v\r\n"));
        ServerCodecProbe probe = new ServerCodecProbe().Receive($"GET / HTTP/1.1\r\nhost: a\r\n{lines}\r\n");
        Assert.Contains("x98: v | end", probe.Transcript.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void HeaderLongerThanABlock_IsServed_WithinTheLimit()
    {
        string value = new('v', 40_000);
        byte[] bytes = Encoding.Latin1.GetBytes($"GET / HTTP/1.1\r\nhost: a\r\nx: {value}\r\n\r\n");
        foreach (Pieces pieces in Pieces.SomeWays(bytes, 20, seed: 3))
        {
            ServerCodecProbe probe = new ServerCodecProbe().Receive(pieces);
            Assert.Equal($"new\nheaders | :method: GET | :path: / | :authority: a | x: {value} | end\n", probe.Transcript.ToString());
        }
    }

    [Fact]
    public void BodyLargerThanManyBlocks_IsRead()
    {
        string body = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i:x5}"));
        byte[] plain = Encoding.Latin1.GetBytes($"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: {body.Length}\r\n\r\n{body}");
        byte[] chunked = Encoding.Latin1.GetBytes(
            $"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n{body.Length - 10:x}\r\n{body[..^10]}\r\na\r\n{body[^10..]}\r\n0\r\n\r\n");
        foreach (byte[] bytes in new[] { plain, chunked })
        {
            foreach (Pieces pieces in Pieces.SomeWays(bytes, 10, seed: 5))
            {
                Assert.EndsWith($"\nbody {body}\nend\n", new ServerCodecProbe().Receive(pieces).Transcript.ToString(), StringComparison.Ordinal);
            }
        }
    }
}
