using Nuncio.Testing.Fuzzing;

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

    /// <summary>See <see cref="Mutation.Mutate"/>; the words are those of TLS, HTTP and PROXY headers.</summary>
    public static byte[] Mutate(byte[] input, IReadOnlyList<byte[]> corpus, Random random) => Mutation.Mutate(input, corpus, s_words, random);

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
