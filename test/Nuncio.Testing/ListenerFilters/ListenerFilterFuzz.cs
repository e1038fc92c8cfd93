namespace Nuncio.Testing.ListenerFilters;

/// <summary>
/// What must hold for a listener filter whatever bytes it is given, and how test inputs are changed at random. Used by the bounded
/// mutation tests and by the fuzz target that runs for minutes.
/// </summary>
public static class ListenerFilterFuzz
{
    private static readonly byte[][] s_words =
    [
        "\r\n"u8.ToArray(), " "u8.ToArray(), "PROXY TCP4 "u8.ToArray(), "\r\n\r\n\0\r\nQUIT\n"u8.ToArray(), [0x21, 0x11, 0, 12],
        [22, 3, 1, 0, 1], [22, 3, 3], [0, 0], [0, 16], [0, 43], [0xFF, 0xFF], [0, 0, 0, 0], " HTTP/1.1\r\n"u8.ToArray(),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), "255.255.255.255"u8.ToArray(), "::"u8.ToArray(),
    ];

    /// <summary>Changes an input a little: bytes flipped, put in, taken out, doubled, spliced with another input.</summary>
    public static byte[] Mutate(byte[] input, IReadOnlyList<byte[]> corpus, Random random)
    {
        List<byte> bytes = [.. input];
        for (int i = 1 + random.Next(4); i > 0; i--)
        {
            int at = random.Next(bytes.Count + 1);
            int length = Math.Min(random.Next(1, 12), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 4:
                    bytes.InsertRange(at, s_words[random.Next(s_words.Length)]);
                    break;
                case 5:
                    byte[] other = corpus[random.Next(corpus.Count)];
                    int from = random.Next(other.Length + 1);
                    bytes.InsertRange(at, other[from..Math.Min(other.Length, from + 200)]);
                    break;
                default:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>
    /// Checks everything for one input: nothing throws, what comes out does not depend on the cuts, a decision once made stays whatever
    /// follows, and bytes that were not consumed are all there.
    /// </summary>
    public static void Check(ListenerFilterLab lab, byte[] input, int seed)
    {
        if (input.Length == 0)
        {
            return;
        }

        Random random = new(seed);
        ListenerFilterProbe probe = lab.ReceiveSomeWays(input, random);
        Require(probe.ClosedFor is not null || probe.Rest.Length == input.Length - probe.Consumed, "bytes were lost");
        if (!probe.IsWaiting)
        {
            byte[] more = new byte[random.Next(1, 64)];
            random.NextBytes(more);
            Require(lab.Receive([.. input, .. more]).Outcome == probe.Outcome, "what follows changes what was decided");
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
