using System.Text;
using Nuncio.Testing.Http;

namespace Nuncio.Http.Tests.Http1;

/// <summary>
/// Good and bad messages changed at random, from a fixed seed: nothing throws, nothing leaks, nothing depends on the cuts, nothing
/// ambiguous is sent on.
/// </summary>
public sealed class Http1MutationTests
{
    private static readonly List<byte[]> s_corpus = BuildCorpus();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void MutatedInput_KeepsEveryInvariant(int seed)
    {
        Random random = new(seed);
        for (int i = 0; i < 5_000; i++)
        {
            byte[] input = Http1Fuzz.Mutate(s_corpus[random.Next(s_corpus.Count)], s_corpus, random);
            try
            {
                Http1Fuzz.Check(input, i);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}, round {i}, input {Convert.ToBase64String(input)}", e);
            }
        }
    }

    [Fact]
    public void SmugglingCorpus_IsNeverSentOnAmbiguously()
    {
        foreach (byte[] input in s_corpus)
        {
            Http1Fuzz.Check(input, seed: 1);
        }
    }

    private static List<byte[]> BuildCorpus()
    {
        List<byte[]> corpus = [];
        foreach ((string _, string request, int _, string _) in BadRequests.All)
        {
            if (request.Length < 2000)
            {
                corpus.Add(Encoding.Latin1.GetBytes(request));
            }
        }

        foreach (TheoryDataRow<string, string, string> row in GoodRequestTests.Cases)
        {
            corpus.Add(Encoding.Latin1.GetBytes(row.Data.Item2));
        }

        foreach (TheoryDataRow<string, string, string, string> row in ClientCodecTests.Good.Concat(ClientCodecTests.Bad))
        {
            if (row.Data.Item3.Length < 2000)
            {
                corpus.Add(Encoding.Latin1.GetBytes(row.Data.Item3));
            }
        }

        return corpus;
    }
}
