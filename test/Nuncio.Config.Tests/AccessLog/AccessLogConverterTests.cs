using Envoy.Extensions.AccessLoggers.File.V3;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.AccessLog;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Tests.Extensibility;
using Nuncio.Core.AccessLog;
using Nuncio.Core.Extensibility;
using Wire = Envoy.Config.Accesslog.V3;

namespace Nuncio.Config.Tests.AccessLog;

public sealed class AccessLogConverterTests
{
    private readonly ConfigErrors _errors = new();
    private readonly Factory _factory = new();
    private readonly FactoryContext _context;

    public AccessLogConverterTests()
    {
        ExtensionCatalog catalog = new();
        catalog.Add<IAccessLoggerFactory>(_factory);
        _context = TestContexts.Make(catalog);
    }

    [Fact]
    public void List_BecomesLoggersWithTheirFilters()
    {
        Wire.AccessLog plain = new() { Name = "a", TypedConfig = Any.Pack(new FileAccessLog { Path = "/a" }) };
        Wire.AccessLog filtered = new()
        {
            Name = "b",
            Filter = new Wire.AccessLogFilter { NotHealthCheckFilter = new Wire.NotHealthCheckFilter() },
            TypedConfig = Any.Pack(new FileAccessLog { Path = "/b" }),
        };

        IAccessLoggerProvider[] loggers = AccessLogConverter.Convert([plain, filtered], _context, Scope());

        Assert.False(_errors.Any);
        Assert.Equal(2, loggers.Length);
        Assert.Equal(["/a ", "/b NotHealthCheckFilter"], _factory.Made);
    }

    [Fact]
    public void WrongLogger_IsReportedAndTheOthersAreChecked()
    {
        Wire.AccessLog wrongType = new() { Name = "a" };
        Wire.AccessLog wrongFilter = new()
        {
            Name = "b",
            Filter = new Wire.AccessLogFilter(),
            TypedConfig = Any.Pack(new FileAccessLog { Path = "/b" }),
        };

        Assert.Empty(AccessLogConverter.Convert([wrongType, wrongFilter], _context, Scope()));
        Assert.Equal(["access_log[0].typed_config", "access_log[1].filter"], _errors.Items.Select(static e => e.Path));
    }

    [Fact]
    public void EmptyList_IsNoLogger() => Assert.Empty(AccessLogConverter.Convert([], _context, Scope()));

    private ConfigScope Scope() => new(_errors, new SourceMap("s", []), "access_log");

    private sealed class Factory : IAccessLoggerFactory, IAccessLoggerProvider
    {
        internal readonly List<string> Made = [];

        public string Name => "test";

        public MessageDescriptor ConfigType => FileAccessLog.Descriptor;

        public IAccessLoggerProvider Create(IMessage message, IAccessLogFilter? filter, FactoryContext context, ConfigScope scope)
        {
            Made.Add($"{((FileAccessLog)message).Path} {filter?.GetType().Name}");
            return this;
        }

        public IAccessLogger CreateForWorker(WorkerContext worker) => throw new NotSupportedException();
    }
}
