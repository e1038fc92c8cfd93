using System.Text;
using Envoy.Config.Bootstrap.V3;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;

namespace Nuncio.Config.Tests.Loading;

/// <summary>
/// Whatever the bytes are, a load ends with a message or with errors, and never with an exception. The random source is
/// seeded; <c>NUNCIO_FUZZ_ROUNDS</c> makes a run longer.
/// </summary>
public sealed class LoaderFuzzTests
{
    private static readonly LoadOptions Options = new() { Limits = new LoadLimits { MaxBytes = 1 << 16, MaxDepth = 32, MaxNodes = 5000, MaxExpanded = 5000 } };

    private static readonly string[] Splinters =
    [
        "\t", "\n", " ", "  ", ":", ": ", "- ", "? ", "{", "}", "[", "]", ",", "\"", "'", "&a ", "*a", "<<: ", "!!str ", "!x ", "|", ">-", "#", "---", "...", "%YAML 1.2\n",
        "\0", "\u0085", "\u2028", "\uFEFF", "@type", "null", "~", "-1", "99999999999999999999", "1e400", "0x", "1s", "\\u0000", "\r", "key: &k [*k]\n", "typed_config", "é",
    ];

    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("NUNCIO_FUZZ_ROUNDS"), out int rounds) ? rounds : 2000;

    [Theory]
    [InlineData(ConfigFormat.Yaml)]
    [InlineData(ConfigFormat.Json)]
    [InlineData(ConfigFormat.Binary)]
    [InlineData(ConfigFormat.ProtoText)]
    public void ArbitraryBytes_EndInErrorsOrAMessage(ConfigFormat format)
    {
        Random random = new(1);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] bytes = new byte[random.Next(0, 200)];
            random.NextBytes(bytes);
            if (round % 2 == 0)
            {
                // Printable text gets further into a parser than noise does.
                for (int i = 0; i < bytes.Length; i++)
                {
                    bytes[i] = (byte)(bytes[i] % 96 is int c && c == 95 ? '\n' : 32 + c);
                }
            }

            Load(bytes, format);
        }
    }

    [Fact]
    public void MutatedCases_EndInErrorsOrAMessage()
    {
        byte[][] seeds = Seeds();
        Random random = new(2);
        for (int round = 0; round < Rounds * 2; round++)
        {
            byte[] bytes = Mutate(seeds[random.Next(seeds.Length)], random);
            Load(bytes, ConfigFormat.Yaml);
            Load(bytes, ConfigFormat.Json);
            Load(bytes, ConfigFormat.ProtoText);
        }
    }

    [Fact]
    public void TextFormCutAnywhere_EndsInErrorsOrAMessage()
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "good-textproto.txt"));
        string input = text[..text.IndexOf("------", StringComparison.Ordinal)];
        for (int cut = 0; cut < input.Length; cut++)
        {
            Load(Encoding.UTF8.GetBytes(input[..cut]), ConfigFormat.ProtoText);
            Load(Encoding.UTF8.GetBytes(input[cut..]), ConfigFormat.ProtoText);
        }
    }

    [Fact]
    public void MutatedBinary_EndsInErrorsOrAMessage()
    {
        ConfigErrors errors = new();
        byte[][] seeds = [.. Seeds()
            .Select(seed => ConfigLoader.LoadMessage<Bootstrap>(seed, ConfigFormat.Yaml, "seed", LoadOptions.Default, errors)?.Message)
            .OfType<Bootstrap>()
            .Select(static message => Google.Protobuf.MessageExtensions.ToByteArray(message))
            .Where(static bytes => bytes.Length > 0)];
        Random random = new(3);
        for (int round = 0; round < Rounds * 2; round++)
        {
            Load(Mutate(seeds[random.Next(seeds.Length)], random), ConfigFormat.Binary);
        }
    }

    private static void Load(byte[] bytes, ConfigFormat format)
    {
        ConfigErrors errors = new();
        try
        {
            LoadedMessage<Bootstrap>? loaded = ConfigLoader.LoadMessage<Bootstrap>(bytes, format, "fuzz", Options, errors);
            Assert.Equal(loaded is null, errors.Any);
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"{format} {Convert.ToHexString(bytes)}: {e}");
        }
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        List<byte> bytes = [.. seed];
        for (int change = random.Next(1, 6); change > 0; change--)
        {
            int at = random.Next(bytes.Count + 1);
            int length = Math.Min(random.Next(1, 30), bytes.Count - at);
            switch (random.Next(5))
            {
                case 0:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Splinters[random.Next(Splinters.Length)]));
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                    break;
                case 3 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at > 400 ? length : bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }

    // The inputs of the golden cases: every corner of the loader that anyone thought of.
    private static byte[][] Seeds()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Golden");
        return [.. Directory.GetFiles(folder, "*.txt").Order(StringComparer.Ordinal)
            .Select(static path => File.ReadAllText(path))
            .Where(static text => !text.Contains("#! encoding", StringComparison.Ordinal) && text.Length < 20_000)
            .Select(static text => string.Join('\n', text.Split('\n').TakeWhile(static l => !l.StartsWith("------", StringComparison.Ordinal)).Where(static l => !l.StartsWith("#!", StringComparison.Ordinal))))
            .Select(static text => Encoding.UTF8.GetBytes(text))];
    }
}
