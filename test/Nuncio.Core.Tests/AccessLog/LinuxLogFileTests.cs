using System.Runtime.Versioning;
using Nuncio.Core.AccessLog.Files;

namespace Nuncio.Core.Tests.AccessLog;

public sealed class LinuxLogFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nuncio-log").FullName;
    private readonly LinuxLogFileSystem _files = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void File_IsMadeAndAppendedTo()
    {
        string path = Path.Combine(_directory, "a.log");
        File.WriteAllText(path, "old\n");
        using ILogFile file = Open(path);
        Assert.True(file.Write("new\n"u8));
        Assert.True(file.Write([]));

        Assert.Equal("old\nnew\n", File.ReadAllText(path));
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void NewFile_IsReadableByAllAndWritableByItsOwner()
    {
        string path = Path.Combine(_directory, "b.log");
        using ILogFile file = Open(path);

        UnixFileMode mode = File.GetUnixFileMode(path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode & ~(UnixFileMode.GroupRead | UnixFileMode.OtherRead));
    }

    [Fact]
    public void TruncatedFile_IsAppendedToAtItsNewEnd()
    {
        string path = Path.Combine(_directory, "c.log");
        using ILogFile file = Open(path);
        Assert.True(file.Write("before"u8));
        File.WriteAllText(path, "");
        Assert.True(file.Write("after"u8));

        Assert.Equal("after", File.ReadAllText(path));
    }

    [Fact]
    public void RenamedFile_IsWrittenToUntilThePathIsOpenedAnew()
    {
        string path = Path.Combine(_directory, "d.log");
        using ILogFile old = Open(path);
        File.Move(path, path + ".1");
        Assert.True(old.Write("1"u8));
        using ILogFile fresh = Open(path);
        Assert.True(fresh.Write("2"u8));

        Assert.Equal("1", File.ReadAllText(path + ".1"));
        Assert.Equal("2", File.ReadAllText(path));
    }

    [Fact]
    public void MissingDirectory_IsAnErrorWithTheReason()
    {
        Assert.False(_files.TryOpen(Path.Combine(_directory, "no", "e.log"), out _, out string? error));
        Assert.Contains("No such file or directory", error, StringComparison.Ordinal);
    }

    [Fact]
    public void FullDevice_SaysThatTheWriteFailed()
    {
        using ILogFile file = Open("/dev/full");

        Assert.False(file.Write("x"u8));
    }

    private ILogFile Open(string path)
    {
        Assert.True(_files.TryOpen(path, out ILogFile? file, out string? error), error);
        return file;
    }
}
