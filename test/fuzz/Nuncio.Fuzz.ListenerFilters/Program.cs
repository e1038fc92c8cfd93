using System.Diagnostics;
using Nuncio.Core.ListenerFilters;
using Nuncio.Extensions.ListenerFilters.HttpInspector;
using Nuncio.Extensions.ListenerFilters.ProxyProtocol;
using Nuncio.Extensions.ListenerFilters.TlsInspector;
using Nuncio.Testing.ListenerFilters;

// Usage: Nuncio.Fuzz.ListenerFilters <corpus directory> [seconds] [seed]
// Changes the corpus at random, gives each input to every filter that looks at bytes and checks every invariant of ListenerFilterFuzz. An
// input that breaks one is written to <corpus directory>/crash-<hash>, and the process ends with 1: keep the file and write a test
// that says what it protects.
if (args.Length is < 1 or > 3)
{
    Console.Error.WriteLine("usage: Nuncio.Fuzz.ListenerFilters <corpus directory> [seconds, 60 by default] [seed]");
    return 2;
}

List<byte[]> corpus = [.. Directory.EnumerateFiles(args[0]).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
if (corpus.Count == 0)
{
    Console.Error.WriteLine($"{args[0]} holds no file to begin with");
    return 2;
}

bool[] allTypes = [.. Enumerable.Repeat(true, 256)];
ListenerFilterProvider[] providers =
[
    new TlsInspectorProvider(new TlsInspectorConfig(EnableJa3: true, EnableJa4: true)),
    new TlsInspectorProvider(new TlsInspectorConfig(256)),
    new HttpInspectorProvider(),
    new ProxyProtocolProvider(new ProxyProtocolConfig { PassThrough = allTypes }),
    new ProxyProtocolProvider(new ProxyProtocolConfig { AllowWithout = true, AllowV1 = false, PassThrough = allTypes }),
];
ListenerFilterLab[] labs = [.. providers.Select(provider => new ListenerFilterLab(provider))];
TimeSpan time = TimeSpan.FromSeconds(args.Length > 1 ? double.Parse(args[1]) : 60);
int seed = args.Length > 2 ? int.Parse(args[2]) : Environment.TickCount;
Random random = new(seed);
Stopwatch watch = Stopwatch.StartNew();
long rounds = 0;
int seeds = corpus.Count;
while (watch.Elapsed < time)
{
    byte[] input = ListenerFilterFuzz.Mutate(corpus[random.Next(corpus.Count)], corpus, random);
    try
    {
        foreach (ListenerFilterLab lab in labs)
        {
            ListenerFilterFuzz.Check(lab, input, (int)rounds);
        }
    }
    catch (Exception e)
    {
        string file = Path.Combine(args[0], $"crash-{Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(input))[..16]}");
        File.WriteAllBytes(file, input);
        Console.Error.WriteLine($"{file} (seed {seed}, round {rounds})\n{e}");
        return 1;
    }

    // Some inputs breed: a change to a change reaches deeper.
    if (++rounds % 50 == 0 && input.Length < 4096)
    {
        if (corpus.Count < seeds + 2000)
        {
            corpus.Add(input);
        }
        else
        {
            corpus[seeds + random.Next(2000)] = input;
        }
    }
}

Console.WriteLine($"{rounds} inputs, seed {seed}, nothing broke");
return 0;
