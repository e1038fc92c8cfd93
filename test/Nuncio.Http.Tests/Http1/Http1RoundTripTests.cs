using System.Text;
using Nuncio.Base.Buffers;
using Nuncio.Http.Http1;
using Nuncio.Testing.Http;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Http.Tests.Http1;

/// <summary>A client codec and a server codec back to back, with random messages cut at random: what goes in comes out.</summary>
public sealed class Http1RoundTripTests
{
    private static readonly string[] s_methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];

    [Theory]
    [InlineData(1, HeaderKeyFormat.Lower)]
    [InlineData(2, HeaderKeyFormat.ProperCase)]
    [InlineData(3, HeaderKeyFormat.Lower)]
    public void RandomExchanges_OnOneConnection_ArriveAsTheyWereSent(int seed, HeaderKeyFormat format)
    {
        Random random = new(seed);
        Http1Options options = new() { EnableTrailers = true, HeaderKeyFormat = format };
        BlockPool blocks = new();
        ClientCodecProbe client = new(options, blocks);
        ServerCodecProbe server = new(options, blocks: blocks);
        StringBuilder expectedByServer = new();
        StringBuilder expectedByClient = new();
        for (int i = 0; i < 300; i++)
        {
            string method = s_methods[random.Next(s_methods.Length)];
            string path = "/" + Token(random, 40);
            Message request = Message.Random(random, canHaveBody: method is not "HEAD");
            client.Begin();
            client.Encoder.EncodeHeaders(
                client.Headers([":method", method, ":path", path, ":authority", "a", .. request.Fields]), request.Body is null, out _);
            request.SendBody((data, end) => client.Send(data, end), fields => client.Encoder.EncodeTrailers(client.Headers(fields)));
            string zero = request.Body is null && method is not ("GET" or "HEAD" or "DELETE") ? " | content-length: 0" : "";
            expectedByServer.Append("new\nheaders | :method: ").Append(method).Append(" | :path: ").Append(path).Append(" | :authority: a");
            request.Print(expectedByServer, zero);
            Carry(client.Output, server.Input, server.Dispatch, random);

            Message response = Message.Random(random, canHaveBody: method is not "HEAD");
            server.Encoder.EncodeHeaders(server.Headers([":status", "200", .. response.Fields]), response.Body is null);
            response.SendBody((data, end) => server.Send(data, end), fields => server.Encoder.EncodeTrailers(server.Headers(fields)));
            expectedByClient.Append("headers | :status: 200");
            response.Print(expectedByClient, response.Body is null && method != "HEAD" ? " | content-length: 0" : "");
            expectedByClient.Append("ended\n");
            Carry(server.Output, client.Input, client.Dispatch, random);
            Assert.Equal(expectedByServer.ToString(), server.Transcript.ToString());
            Assert.Equal(expectedByClient.ToString(), client.Transcript.ToString());
            Assert.True(client.Codec.IsReusable);
        }
    }

    private static void Carry(Buffer from, Buffer to, Action dispatch, Random random)
    {
        while (!from.IsEmpty)
        {
            int count = Math.Min(from.Length, 1 + (random.Next(4) == 0 ? random.Next(20_000) : random.Next(100)));
            from.MoveTo(to, count);
            dispatch();
        }
    }

    private static string Token(Random random, int longest)
    {
        const string Bytes = "abcdefghijklmnopqrstuvwxyz0123456789-";
        return string.Concat(Enumerable.Range(0, 1 + random.Next(longest)).Select(_ => Bytes[random.Next(Bytes.Length)]));
    }

    /// <summary>Headers, and perhaps a body in pieces, with a length or not, and perhaps trailers.</summary>
    private sealed record Message(string[] Fields, string? Body, int Pieces, string[]? Trailers)
    {
        internal static Message Random(Random random, bool canHaveBody)
        {
            List<string> fields = [];
            for (int i = random.Next(12); i > 0; i--)
            {
                fields.AddRange(["x-" + Token(random, 30), Token(random, random.Next(20) == 0 ? 5000 : 60)]);
            }

            if (!canHaveBody || random.Next(3) == 0)
            {
                return new Message([.. fields], null, 0, null);
            }

            string body = Token(random, random.Next(10) == 0 ? 50_000 : 500);
            bool hasLength = random.Next(2) == 0;
            if (hasLength)
            {
                fields.AddRange(["content-length", $"{body.Length}"]);
            }

            string[]? trailers = !hasLength && random.Next(3) == 0 ? ["x-" + Token(random, 9), Token(random, 30)] : null;
            return new Message([.. fields], body, 1 + random.Next(4), trailers);
        }

        internal void SendBody(Action<string, bool> data, Action<string[]> trailers)
        {
            if (Body is null)
            {
                return;
            }

            int size = (Body.Length / Pieces) + 1;
            for (int at = 0; at < Body.Length; at += size)
            {
                data(Body[at..Math.Min(Body.Length, at + size)], Trailers is null && at + size >= Body.Length);
            }

            if (Trailers is not null)
            {
                trailers(Trailers);
            }
        }

        internal void Print(StringBuilder text, string addedField)
        {
            for (int i = 0; i < Fields.Length; i += 2)
            {
                text.Append(" | ").Append(Fields[i]).Append(": ").Append(Fields[i + 1]);
            }

            text.Append(addedField).Append(Body is null ? " | end\n" : $"\nbody {Body}\n");
            if (Body is not null)
            {
                text.Append(Trailers is null ? "end\n" : $"trailers | {Trailers[0]}: {Trailers[1]} | end\n");
            }
        }
    }
}
