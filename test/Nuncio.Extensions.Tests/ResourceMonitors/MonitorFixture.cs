using Google.Protobuf;
using Nuncio.Base.Stats;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.AccessLog;
using Nuncio.Core.AccessLog.Files;
using Nuncio.Core.Overload;
using Nuncio.Core.Runtime;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.ResourceMonitors;

/// <summary>Makes monitors over a folder of files that the test writes, with a clock that it moves.</summary>
internal sealed class MonitorFixture : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nuncio-test-");
    private readonly AccessLogFlusher _flusher;
    private readonly FactoryContext _context;

    internal MonitorFixture()
    {
        StatsStore stats = new(cellCount: 1);
        _flusher = new AccessLogFlusher(new AccessLogOptions(), new LinuxLogFileSystem(), Loop.Clock, stats);
        _context = new FactoryContext
        {
            Extensions = new ExtensionCatalog(),
            Stats = stats,
            MainDispatcher = Loop.Dispatcher,
            AccessLogs = _flusher,
            Runtime = new LayeredRuntime(),
        };
    }

    internal SimulatedLoop Loop { get; } = new();

    internal string Root => _folder.FullName;

    internal List<string> Errors { get; } = [];

    public void Dispose()
    {
        _flusher.Dispose();
        Loop.Dispose();
        _folder.Delete(recursive: true);
    }

    internal string Write(string name, string content)
    {
        string path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    internal void Delete(string name) => File.Delete(Path.Combine(Root, name));

    internal ResourceMonitor? TryMake(IResourceMonitorFactory factory, IMessage message)
    {
        ConfigErrors errors = new();
        ResourceMonitor? monitor = factory.Create(message, _context, new ConfigScope(errors, new SourceMap("s", [])));
        Errors.AddRange(errors.Items.Select(static e => e.ToString()));
        return monitor;
    }

    internal ResourceMonitor Make(IResourceMonitorFactory factory, IMessage message) =>
        TryMake(factory, message) ?? throw new InvalidOperationException(string.Join('\n', Errors));

    internal static double Read(ResourceMonitor monitor)
    {
        Assert.True(monitor.TryRead(out double pressure, out string? error), error);
        return pressure;
    }

    internal static string ReadError(ResourceMonitor monitor)
    {
        Assert.False(monitor.TryRead(out double pressure, out string? error), $"read {pressure}");
        return error!;
    }
}
