using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Nuncio.Base.Stats;
using Nuncio.Base.Time;
using Nuncio.Core.AccessLog;
using Nuncio.Core.AccessLog.Files;
using Nuncio.Core.Formatting;
using Nuncio.Core.Tests.Formatting;

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

    [Fact]
    [SupportedOSPlatform("linux")]
    public void PipeThatNobodyReads_OpensAtOnceAndKeepsWhatIsWritten()
    {
        string path = Path.Combine(_directory, "pipe");
        Assert.Equal(0, MakePipe(path, 0x180));
        using ILogFile file = Open(path);
        Assert.True(file.Write("waits\n"u8));

        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read));
        Assert.Equal("waits", reader.ReadLine());
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void FullPipe_StopsItsOwnThreadOnly()
    {
        string path = Path.Combine(_directory, "pipe");
        Assert.Equal(0, MakePipe(path, 0x180));
        var stats = new StatsStore(cellCount: 2);
        using var flusher = new AccessLogFlusher(new AccessLogOptions { FlushMinSize = 1 }, _files, SystemClock.Instance, stats, static _ => { });
        flusher.Start();
        Assert.True(flusher.TryOpen(path, out AccessLogFile? pipe, out string? error), error);
        Assert.True(flusher.TryOpen(Path.Combine(_directory, "plain"), out AccessLogFile? plain, out error), error);
        var fixture = new FormatFixture();
        Assert.True(SubstitutionFormatter.TryParse("%LOCAL_REPLY_BODY%", FormatterOptions.Default, out SubstitutionFormatter? large, out error), error);
        Assert.True(SubstitutionFormatter.TryParse("on time\n", FormatterOptions.Default, out SubstitutionFormatter? small, out error), error);

        pipe.WriterOf(stats.Root(1)).Write(large, fixture.Context(Encoding.ASCII.GetBytes(new string('x', 300_000))));
        plain.WriterOf(stats.Root(1)).Write(small, fixture.Context());

        string plainPath = Path.Combine(_directory, "plain");
        Assert.True(SpinWait.SpinUntil(() => File.ReadAllText(plainPath) == "on time\n", TimeSpan.FromSeconds(10)));

        // Its thread sits in write(2) until the pipe is read; then it goes on and can end.
        using var reader = new FileStream(path, FileMode.Open, FileAccess.Read);
        byte[] all = new byte[300_000];
        reader.ReadExactly(all);
        Assert.All(all, static b => Assert.Equal((byte)'x', b));
    }

    [DllImport("libc", EntryPoint = "mkfifo", SetLastError = true)]
    private static extern int MakePipe([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);

    private ILogFile Open(string path)
    {
        Assert.True(_files.TryOpen(path, out ILogFile? file, out string? error), error);
        return file;
    }
}
