namespace Nuncio.Testing.Fuzzing;

/// <summary>How test inputs are changed at random. Stateless.</summary>
public static class Mutation
{
    /// <summary>Changes an input a little: bytes flipped, put in, taken out, doubled, spliced with a word or another input.</summary>
    public static byte[] Mutate(byte[] input, IReadOnlyList<byte[]> corpus, IReadOnlyList<byte[]> words, Random random)
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
                    bytes.InsertRange(at, words[random.Next(words.Count)]);
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
}
