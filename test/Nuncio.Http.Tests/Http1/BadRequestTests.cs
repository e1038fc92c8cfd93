using Nuncio.Http.Http1;
using Nuncio.Http.Streams;
using Nuncio.Testing.Http;

namespace Nuncio.Http.Tests.Http1;

/// <summary>Requests that are refused: each with its exact status and details, however its bytes are cut.</summary>
public sealed class BadRequestTests
{
    private const string CodecError = "http1.codec_error";

    /// <summary>Name, request, status, details.</summary>
    public static TheoryData<string, string, int, string> Cases
    {
        get
        {
            TheoryData<string, string, int, string> cases = [];
            foreach ((string name, string request, int status, string details) in BadRequests.All)
            {
                cases.Add(name, request, status, details);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void BadRequest_IsRefusedAtEveryCut(string name, string request, int status, string details)
    {
        Assert.NotEmpty(name);
        byte[] bytes = System.Text.Encoding.Latin1.GetBytes(request);
        string? expected = null;
        foreach (Pieces pieces in bytes.Length <= 400 ? Pieces.EveryWay(bytes) : Pieces.SomeWays(bytes, 40, seed: 7))
        {
            ServerCodecProbe probe = new ServerCodecProbe().Receive(pieces);
            Assert.Equal(CodecStatus.ProtocolError, probe.LastStatus);
            expected ??= probe.Everything;
            Assert.Equal(expected, probe.Everything);
            Assert.True(probe.IsClosed, "the connection must close");
            Assert.Equal(0, probe.Maps.Rented);
        }

        Assert.Contains($"error {status} {details}\n", expected, StringComparison.Ordinal);
        Assert.DoesNotContain("\nend\n", expected, StringComparison.Ordinal);
    }

    [Fact]
    public void GoldenTable_HoldsAtLeast120Cases() => Assert.True(BadRequests.All.Count >= 120, $"{BadRequests.All.Count}");

    [Fact]
    public void RefusedRequest_WhoseAnswerIsUnderWay_ClosesWithoutAnother()
    {
        ServerCodecProbe probe = new()
        {
            AnswersErrors = false,
            OnHead = p =>
            {
                p.Encoder.EncodeHeaders(p.Headers(":status", "200"), endStream: false);
                p.Send("half", endStream: false);
            },
        };
        probe.Receive("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n");
        Assert.Contains($"error 400 {CodecError}\nclose after flush\n", probe.Transcript.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n4\r\nhalf\r\n", probe.SentText);
    }

    [Fact]
    public void RefusedRequest_IsAnsweredWithConnectionClose_AndNothingAfterItIsRead()
    {
        ServerCodecProbe probe = new ServerCodecProbe().Receive("GET / HTTP/1.1\r\nhost a\r\n\r\nGET /next HTTP/1.1\r\nhost: a\r\n\r\n");
        Assert.Equal("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", probe.SentText);
        Assert.Equal("new\nerror 400 http1.codec_error\nclose after flush\n", probe.Transcript.ToString());
        Assert.True(probe.Input.IsEmpty);
        Assert.Equal(CodecStatus.ProtocolError, probe.Codec.Dispatch(probe.Input));
    }

    [Fact]
    public void UnderscoreRejected_WhenConfigured()
    {
        ServerCodecProbe probe = new(new Http1Options { HeadersWithUnderscores = UnderscoreAction.RejectRequest });
        probe.Receive("GET / HTTP/1.1\r\nhost: a\r\nx_y: 1\r\n\r\n");
        Assert.Contains("error 400 http1.unexpected_underscore", probe.Transcript.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, probe.Counters.RejectedRequests);
    }

    [Fact]
    public void HttpsTargetOnPlaintext_IsForbidden_WhenSchemesAreValidated()
    {
        Http1Options options = new() { ValidateScheme = true };
        const string Request = "GET https://a/ HTTP/1.1\r\nhost: a\r\n\r\n";
        ServerCodecProbe plain = new ServerCodecProbe(options).Receive(Request);
        Assert.Contains("error 403 http1.https_url_on_plaintext_connection", plain.Transcript.ToString(), StringComparison.Ordinal);
        ServerCodecProbe secure = new ServerCodecProbe(options, isSecure: true).Receive(Request);
        Assert.Contains(":scheme: https", secure.Transcript.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Http10_IsRefusedAsLowVersion_AndAnsweredAs11()
    {
        ServerCodecProbe probe = new ServerCodecProbe().Receive("GET / HTTP/1.0\r\n\r\n");
        Assert.Contains("error 426 low_version", probe.Transcript.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 426 Upgrade Required\r\n", probe.SentText, StringComparison.Ordinal);
        Assert.Equal(HttpProtocol.Http10, probe.Codec.Protocol);
    }
}
