using Nuncio.Base.Stats;
using Nuncio.Config.AccessLog;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Loading;
using Nuncio.Core.AccessLog;
using Nuncio.Core.AccessLog.Files;
using Nuncio.Core.Formatting;
using Nuncio.Core.Runtime;
using Nuncio.Core.Streams;
using Nuncio.Testing.Time;
using Wire = Envoy.Config.Accesslog.V3;

namespace Nuncio.Extensions.Tests.AccessLoggers;

public sealed class AccessLoggerFactoryTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nuncio-access").FullName;
    private readonly ConfigErrors _errors = new();
    private readonly StatsStore _stats = new(cellCount: 1);
    private readonly AccessLogFlusher _flusher;
    private readonly FactoryContext _context;

    public AccessLoggerFactoryTests()
    {
        _flusher = new AccessLogFlusher(new AccessLogOptions(), new LinuxLogFileSystem(), new ManualClock(), _stats);
        ExtensionCatalog catalog = new();
        BuiltInExtensions.AddTo(catalog);
        _context = new FactoryContext
        {
            Extensions = catalog,
            Stats = _stats,
            MainDispatcher = null!,
            AccessLogs = _flusher,
            Runtime = new LayeredRuntime(),
        };
    }

    private string LogPath => Path.Combine(_directory, "access.log");

    public void Dispose()
    {
        _flusher.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("", "[2026-01-01T00:00:00.000Z] \"- - -\" 200 - 0 0 0 - \"-\" \"-\" \"-\" \"-\" \"-\"\n")]
    [InlineData("format: '%RESPONSE_CODE%!'", "200!")]
    [InlineData("json_format: {code: '%RESPONSE_CODE%'}", "{\"code\":200}\n")]
    [InlineData("typed_json_format: {code: '%RESPONSE_CODE%', n: 1}", "{\"code\":200,\"n\":1}\n")]
    [InlineData("log_format: {text_format_source: {inline_string: \"code %RESPONSE_CODE%\\n\"}}", "code 200\n")]
    [InlineData("log_format: {json_format: {code: '%RESPONSE_CODE%'}}", "{\"code\":200}\n")]
    public void FileLogger_WritesItsFormat(string format, string expected)
    {
        IAccessLoggerProvider? logger = Convert($"{{'@type': type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: {LogPath}"
            + (format.Length == 0 ? "}" : $", {format}}}"));

        Assert.False(_errors.Any, string.Join('\n', _errors.Items));
        Log(Assert.IsType<FileAccessLoggerProvider>(logger));
        Assert.Equal(expected, File.ReadAllText(LogPath));
    }

    [Fact]
    public void RenamedLog_IsOpenedAnewOnReopen()
    {
        var logger = Assert.IsType<FileAccessLoggerProvider>(Convert(
            $"{{'@type': type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: {LogPath}, format: \"x\\n\"}}"));
        Log(logger);
        File.Move(LogPath, LogPath + ".1");
        _flusher.Reopen();
        _flusher.RunDue();
        Log(logger);

        Assert.Equal("x\n", File.ReadAllText(LogPath + ".1"));
        Assert.Equal("x\n", File.ReadAllText(LogPath));
    }

    [Theory]
    [InlineData("envoy.extensions.access_loggers.stream.v3.StdoutAccessLog")]
    [InlineData("envoy.extensions.access_loggers.stream.v3.StderrAccessLog")]
    public void StreamLogger_IsMadeWithAndWithoutFormat(string type)
    {
        Assert.NotNull(Convert($"{{'@type': type.googleapis.com/{type}}}"));
        Assert.NotNull(Convert($"{{'@type': type.googleapis.com/{type}, log_format: {{text_format: '%PROTOCOL%'}}}}"));
        Assert.False(_errors.Any);
    }

    [Fact]
    public void UnopenableFile_IsAConfigurationErrorAtItsPath()
    {
        Assert.Null(Convert("{'@type': type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: /no/such/dir/a.log}"));

        ConfigError error = Assert.Single(_errors.Items);
        Assert.Equal("typed_config.path", error.Path);
        Assert.Contains("unable to open file \"/no/such/dir/a.log\": No such file or directory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WrongFormat_IsAnErrorAndMakesNoFile()
    {
        Assert.Null(Convert($"{{'@type': type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: {LogPath}, log_format: {{text_format: '%RESPONSE_COD%'}}}}"));

        Assert.Equal("typed_config.log_format.text_format", Assert.Single(_errors.Items).Path);
        Assert.False(File.Exists(LogPath));
    }

    private IAccessLoggerProvider? Convert(string typedConfig)
    {
        LoadedMessage<Wire.AccessLog>? loaded = ConfigLoader.LoadMessage<Wire.AccessLog>(
            $"name: log\ntyped_config: {typedConfig}\n", ConfigFormat.Yaml, "test.yaml", new LoadOptions(), _errors);
        Assert.True(loaded is not null, string.Join('\n', _errors.Items));
        return AccessLogConverter.Convert(loaded.Message, _context, loaded.Root(_errors));
    }

    private void Log(FileAccessLoggerProvider provider)
    {
        StreamInfo info = new()
        {
            ResponseCode = 200,
            StartNanos = 1,
            EndNanos = 1,
            StartUtcTicks = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks,
        };
        provider.CreateForCell(_stats.Root()).Log(new FormatContext(info, null, null, null, 1, 1));
        _flusher.Flush();
    }
}
