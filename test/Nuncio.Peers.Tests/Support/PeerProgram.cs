namespace Nuncio.Peers.Tests.Support;

/// <summary>Finds the real programs that the tests use; a test whose peer is missing is skipped, and says which one.</summary>
internal static class PeerProgram
{
    /// <summary>Daemons live in sbin, which is not on every user's path.</summary>
    private static readonly string[] s_alsoIn = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

    /// <summary>The program's path; skips the test when it is not there.</summary>
    internal static string Require(string name)
    {
        string path = Environment.GetEnvironmentVariable("PATH") ?? "";
        foreach (string folder in path.Split(':', StringSplitOptions.RemoveEmptyEntries).Concat(s_alsoIn))
        {
            string file = Path.Combine(folder, name);
            if (File.Exists(file))
            {
                return file;
            }
        }

        Assert.Skip($"{name} is not installed; eng/peers installs it");
        throw new InvalidOperationException("skipped");
    }
}
