using Envoy.Extensions.AccessLoggers.File.V3;
using Envoy.Extensions.AccessLoggers.Stream.V3;
using Envoy.Extensions.Filters.Http.Buffer.V3;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.AccessLog;
using Nuncio.Core.HttpFilters;

namespace Nuncio.Config.Tests.Extensibility;

public sealed class ExtensionCatalogTests
{
    private readonly ExtensionCatalog _catalog = new();
    private readonly ConfigErrors _errors = new();

    public ExtensionCatalogTests()
    {
        _catalog.Add<IAccessLoggerFactory>(new Logger());
        _catalog.Add<IHttpFilterFactory>(new Filter());
    }

    private ConfigScope Scope => new ConfigScope(_errors, new SourceMap("s", [])).Field("typed_config");

    [Fact]
    public void Extension_IsFoundByTheTypeOfItsConfiguration()
    {
        Any any = Any.Pack(new FileAccessLog { Path = "/x" }, "some.prefix/v1");

        IAccessLoggerFactory? found = _catalog.Resolve<IAccessLoggerFactory>(any, "whatever", Scope, out IMessage? message);

        Assert.IsType<Logger>(found);
        Assert.Equal("/x", Assert.IsType<FileAccessLog>(message).Path);
        Assert.False(_errors.Any);
    }

    [Fact]
    public void RouteConfiguration_FindsItsFilter()
    {
        IHttpFilterFactory? found = _catalog.ResolveRouteConfig(Any.Pack(new BufferPerRoute { Disabled = true }), "b", Scope, out IMessage? message);

        Assert.IsType<Filter>(found);
        Assert.True(Assert.IsType<BufferPerRoute>(message).Disabled);
    }

    [Fact]
    public void MissingTypedConfig_IsAnError()
    {
        Assert.Null(_catalog.Resolve<IAccessLoggerFactory>(null, "mine", Scope, out _));
        AssertError("access logger \"mine\" has no typed_config");
    }

    [Fact]
    public void TypeOfAnotherCategory_IsAnErrorThatSaysSo()
    {
        Assert.Null(_catalog.Resolve<IAccessLoggerFactory>(Any.Pack(new Envoy.Extensions.Filters.Http.Buffer.V3.Buffer()), "mine", Scope, out _));
        AssertError("configuration of the category HTTP filter, which cannot stand here");
    }

    [Fact]
    public void TypeOfEnvoyThatIsNotHere_IsNotSupported()
    {
        Any any = new() { TypeUrl = "type.googleapis.com/envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig" };

        Assert.Null(_catalog.Resolve<IAccessLoggerFactory>(any, "als", Scope, out _));
        AssertError("not supported by this version");
    }

    [Fact]
    public void KnownMessageWithoutExtension_IsAnError()
    {
        Assert.Null(_catalog.Resolve<IAccessLoggerFactory>(Any.Pack(new StdoutAccessLog()), "out", Scope, out _));
        AssertError("configures no access logger of this version");
    }

    [Fact]
    public void WrongSpelling_IsAnErrorWithTheNearestType()
    {
        Any any = new() { TypeUrl = "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccesLog" };

        Assert.Null(_catalog.Resolve<IAccessLoggerFactory>(any, "mine", Scope, out _));
        AssertError("envoy.extensions.access_loggers.file.v3.FileAccessLog");
    }

    [Fact]
    public void BrokenBytes_AreAnError()
    {
        Any any = new() { TypeUrl = "x/envoy.extensions.access_loggers.file.v3.FileAccessLog", Value = ByteString.CopyFrom(0x0a, 0x7f) };

        Assert.Null(_catalog.Resolve<IAccessLoggerFactory>(any, "mine", Scope, out _));
        AssertError("the bytes are not a envoy.extensions.access_loggers.file.v3.FileAccessLog");
    }

    [Fact]
    public void FilterConfigurationOnARoute_IsAnError()
    {
        Assert.Null(_catalog.ResolveRouteConfig(Any.Pack(new Envoy.Extensions.Filters.Http.Buffer.V3.Buffer()), "b", Scope, out _));
        AssertError("is not configured by envoy.extensions.filters.http.buffer.v3.Buffer on a route");
    }

    [Fact]
    public void SecondExtensionOfAType_IsRefused() => Assert.Throws<ArgumentException>(() => _catalog.Add<IAccessLoggerFactory>(new Logger()));

    private void AssertError(string part)
    {
        ConfigError error = Assert.Single(_errors.Items);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Equal("typed_config", error.Path);
    }

    private sealed class Logger : IAccessLoggerFactory
    {
        public string Name => "test.logger";

        public MessageDescriptor ConfigType => FileAccessLog.Descriptor;

        public IAccessLoggerProvider? Create(IMessage message, IAccessLogFilter? filter, FactoryContext context, ConfigScope scope) => null;
    }

    private sealed class Filter : IHttpFilterFactory
    {
        public string Name => "test.filter";

        public MessageDescriptor ConfigType => Envoy.Extensions.Filters.Http.Buffer.V3.Buffer.Descriptor;

        public MessageDescriptor RouteConfigType => BufferPerRoute.Descriptor;

        public HttpFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope) => null;
    }
}
