using System.Diagnostics;
using System.Security.Cryptography;

namespace Nuncio.Testing.Fuzzing;

/// <summary>
/// The main program of a fuzz target: changes the corpus at random and checks what must hold for each input. An input that breaks something is
/// written to <c>&lt;corpus directory&gt;/crash-&lt;hash&gt;</c>: keep the file and write a test that says what it protects.
/// </summary>
public static class FuzzLoop
{
    private const int MaxBred = 2000;
    private const int MaxBredLength = 4096;

    /// <summary>Runs for the time on the command line; the exit code: 0 when nothing broke, 1 when something did, 2 when it cannot begin.</summary>
    /// <param name="name">The target's name, for the usage line.</param>
    /// <param name="args">Corpus directory, seconds (60), seed.</param>
    /// <param name="mutate">Changes an input.</param>
    /// <param name="check">Throws when something does not hold; the number makes its own choices repeatable.</param>
    public static int Run(string name, string[] args, Func<byte[], IReadOnlyList<byte[]>, Random, byte[]> mutate, Action<byte[], int> check)
    {
        if (args.Length is < 1 or > 3)
        {
            Console.Error.WriteLine($"usage: {name} <corpus directory> [seconds, 60 by default] [seed]");
            return 2;
        }

        List<byte[]> corpus = [.. Directory.EnumerateFiles(args[0]).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
        if (corpus.Count == 0)
        {
            Console.Error.WriteLine($"{args[0]} holds no file to begin with");
            return 2;
        }

        TimeSpan time = TimeSpan.FromSeconds(args.Length > 1 ? double.Parse(args[1]) : 60);
        int seed = args.Length > 2 ? int.Parse(args[2]) : Environment.TickCount;
        Random random = new(seed);
        Stopwatch watch = Stopwatch.StartNew();
        long rounds = 0;
        int seeds = corpus.Count;
        while (watch.Elapsed < time)
        {
            byte[] input = mutate(corpus[random.Next(corpus.Count)], corpus, random);
            try
            {
                check(input, (int)rounds);
            }
            catch (Exception e)
            {
                string file = Path.Combine(args[0], $"crash-{Convert.ToHexString(SHA256.HashData(input))[..16]}");
                File.WriteAllBytes(file, input);
                Console.Error.WriteLine($"{file} (seed {seed}, round {rounds})\n{e}");
                return 1;
            }

            // Some inputs breed: a change to a change reaches deeper.
            if (++rounds % 50 == 0 && input.Length < MaxBredLength)
            {
                if (corpus.Count < seeds + MaxBred)
                {
                    corpus.Add(input);
                }
                else
                {
                    corpus[seeds + random.Next(MaxBred)] = input;
                }
            }
        }

        Console.WriteLine($"{rounds} inputs, seed {seed}, nothing broke");
        return 0;
    }
}
