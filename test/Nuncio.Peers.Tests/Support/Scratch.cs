namespace Nuncio.Peers.Tests.Support;

/// <summary>A folder of one test, gone when the test ends. Short, since paths of Unix domain sockets are.</summary>
internal sealed class Scratch : IDisposable
{
    internal string Folder { get; } = Directory.CreateTempSubdirectory("nuncio-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    internal string PathOf(string name) => Path.Combine(Folder, name);

    internal string Write(string name, string text)
    {
        string path = PathOf(name);
        File.WriteAllText(path, text);
        return path;
    }

    internal string Write(string name, byte[] bytes)
    {
        string path = PathOf(name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
