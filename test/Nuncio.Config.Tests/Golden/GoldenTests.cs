namespace Nuncio.Config.Tests.Golden;

/// <summary>
/// Every case file in this folder: what a configuration says when it is broken, and what it means when it is not. To write
/// the expectations of new cases, set <c>NUNCIO_GOLDEN_UPDATE</c> to the path of this folder,
/// run, and read the difference before keeping it.
/// </summary>
public sealed class GoldenTests
{
    public static TheoryData<string> Cases()
    {
        TheoryData<string> cases = [];
        foreach (string path in Directory.GetFiles(Folder(), "*.txt").Order(StringComparer.Ordinal))
        {
            cases.Add(Path.GetFileNameWithoutExtension(path));
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void CaseFile_GivesWhatItsLowerHalfSays(string name)
    {
        string path = Path.Combine(Folder(), name + ".txt");
        GoldenCase golden = GoldenCase.Read(path);

        // The directory of a case differs from run to run.
        string output = string.Join('\n', golden.Run().Split('\n').Select(WithoutDirectory));

        if (Environment.GetEnvironmentVariable("NUNCIO_GOLDEN_UPDATE") is { Length: > 0 } folder)
        {
            File.WriteAllText(Path.Combine(folder, name + ".txt"), golden.WithExpected(output));
        }
        else
        {
            Assert.Equal(golden.Expected, output);
        }
    }

    [Fact]
    public void BrokenCases_AreAtLeastEighty()
    {
        int broken = Directory.GetFiles(Folder(), "*.txt").Count(static path => GoldenCase.Read(path).Expected.Contains("error: ", StringComparison.Ordinal));

        Assert.True(broken >= 80, $"{broken} broken cases");
    }

    private static string WithoutDirectory(string line)
    {
        int at = line.IndexOf("case.", StringComparison.Ordinal);
        int directory = line.IndexOf(Path.GetTempPath(), StringComparison.Ordinal);
        return directory >= 0 && at > directory ? line[..directory] + line[at..] : line;
    }

    private static string Folder() => Path.Combine(AppContext.BaseDirectory, "Golden");
}
