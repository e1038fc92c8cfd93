using System.Text;
using Nuncio.Base.Buffers;
using Nuncio.Http.Http1;
using Nuncio.Testing.Fuzzing;

namespace Nuncio.Testing.Http;

/// <summary>
/// What must hold for the HTTP/1 codecs whatever bytes they are given, and how test inputs are changed at random. Used by the
/// bounded mutation tests and by the fuzz target that runs for minutes.
/// </summary>
public static class Http1Fuzz
{
    private static readonly byte[][] s_words = Array.ConvertAll<string, byte[]>(
    [
        "\r\n", "\n", "\r", "\0", " ", "\t", ":", ",", ";", "0\r\n\r\n", "content-length: 3\r\n", "transfer-encoding: chunked\r\n",
        "connection: close\r\n", "connection: upgrade\r\n", "upgrade: x\r\n", "host: b\r\n", "GET / HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n",
        "chunked", "ffffffff", "\r\n ", "HTTP/1.0", "x_y: z\r\n", "expect: 100-continue\r\n", "HTTP/1.1 100 C\r\n\r\n",
    ],
        Encoding.Latin1.GetBytes);

    private static readonly Http1Options s_options = new() { EnableTrailers = true, AcceptHttp10 = true };

    /// <summary>See <see cref="Mutation.Mutate"/>; the words are HTTP/1's.</summary>
    public static byte[] Mutate(byte[] input, IReadOnlyList<byte[]> corpus, Random random) => Mutation.Mutate(input, corpus, s_words, random);

    /// <summary>Checks everything for one input; throws when something does not hold.</summary>
    public static void Check(byte[] input, int seed)
    {
        Random random = new(seed);
        CheckServer(input, random);
        CheckClient(input, random);
        CheckForwarding(input);
    }

    private static void CheckServer(byte[] input, Random random)
    {
        string? expected = null;
        foreach (Pieces pieces in Pieces.SomeWays(input, 2, random.Next()))
        {
            BlockPool blocks = new();
            ServerCodecProbe probe = new(s_options, blocks: blocks) { OnComplete = p => p.Respond(200, "ok") };
            probe.Receive(pieces);
            probe.Codec.OnPeerHalfClosed();
            string text = probe.Everything;
            expected ??= text;
            Require(expected == text, $"server: what was read depends on the cuts ({pieces}):\n{expected}\n---\n{text}");
            Require(probe.Maps.Rented == 0, "server: a header map leaked");
            probe.Input.Clear();
            probe.Output.Clear();
            Require(blocks.Rented == 0, "server: a block leaked");
        }
    }

    private static void CheckClient(byte[] input, Random random)
    {
        foreach (string method in new[] { "GET", "HEAD" })
        {
            string? expected = null;
            foreach (Pieces pieces in Pieces.SomeWays(input, 2, random.Next()))
            {
                BlockPool blocks = new();
                ClientCodecProbe probe = new(s_options, blocks);
                probe.Request(method).Receive(pieces);
                probe.Codec.OnPeerClosed();

                // Whether bytes too many came with the response or later is nothing but timing.
                string text = probe.Everything.Replace("ended\nclose\n", "ended\n", StringComparison.Ordinal);
                expected ??= text;
                Require(expected == text, $"client: what was read depends on the cuts ({pieces}):\n{expected}\n---\n{text}");
                Require(probe.Maps.Rented == 0, "client: a header map leaked");
                probe.Input.Clear();
                probe.Output.Clear();
                Require(blocks.Rented == 0, "client: a block leaked");
            }
        }
    }

    /// <summary>What is sent on must be read by the next server as exactly the request that was taken in.</summary>
    private static void CheckForwarding(byte[] input)
    {
        Forwarder first = new(s_options);
        first.Receive(input);
        Require(first.LeakedMaps == 0, "forwarder: a header map leaked");
        foreach (byte[] sent in first.Sent)
        {
            Forwarder second = new(s_options);
            second.Receive(sent);
            Require(second.Sent.Count == 1, $"one request was read as {second.Sent.Count}:\n{Encoding.Latin1.GetString(sent)}");
            Forwarder third = new(s_options);
            third.Receive(second.Sent[0]);
            Require(
                third.Requests.ToString() == second.Requests.ToString() && second.Sent[0].AsSpan().SequenceEqual(third.Sent[0]),
                $"a request changes each time it is sent on:\n{second.Requests}\n---\n{third.Requests}");
        }
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
