using Envoy.Config.Bootstrap.V3;
using Envoy.Config.Cluster.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;

namespace Nuncio.Config.Tests.Loading;

public sealed class ConfigLoaderTests
{
    private const string TwoClusters = """
        static_resources:
          clusters:
          - name: one
            connect_timeout: 1s
          - name: two
        """;

    private readonly ConfigErrors _errors = new();

    [Theory]
    [InlineData("a.yaml", "node: {id: x}")]
    [InlineData("a.YML", "node: {id: x}")]
    [InlineData("a.json", """{"node": {"id": "x"}}""")]
    [InlineData("a.pb_text", "node { id: \"x\" }")]
    [InlineData("a.textproto", "node { id: \"x\" }")]
    [InlineData("a.prototext", "node { id: \"x\" }")]
    [InlineData("a.conf", """{"node": {"id": "x"}}""")]
    public void FileSuffix_PicksTheFormat(string name, string text)
    {
        using TemporaryFolder folder = new();

        LoadedBootstrap? loaded = ConfigLoader.LoadBootstrap(folder.Write(name, text), null, LoadOptions.Default, _errors);

        Assert.Empty(_errors.Items);
        Assert.Equal("x", loaded!.Message.Node.Id);
    }

    [Fact]
    public void YamlInAFileOfUnknownSuffix_SaysThatItWasReadAsJson()
    {
        using TemporaryFolder folder = new();

        ConfigLoader.LoadBootstrap(folder.Write("envoy.conf", "node: {id: x}"), null, LoadOptions.Default, _errors);

        Assert.EndsWith("is read as JSON", Assert.Single(_errors.Items).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OptionalFilterOfUnknownType_IsLetPassInBinaryToo()
    {
        HttpFilter filter = new() { Name = "mine", IsOptional = true, TypedConfig = new Any { TypeUrl = "x/com.example.Mine", Value = ByteString.CopyFrom(1, 2) } };

        LoadedMessage<HttpFilter>? loaded = ConfigLoader.LoadMessage<HttpFilter>(
            filter.ToByteArray(), ConfigFormat.Binary, "a.pb", LoadOptions.Default, _errors);

        Assert.Empty(_errors.Items);
        Assert.Contains("com.example.Mine", Assert.Single(loaded!.Warnings).Message, StringComparison.Ordinal);
        Assert.True(AnyDecoder.TryUnpack(loaded.Message.TypedConfig, out Xds.Type.V3.TypedStruct? kept));
        Assert.Equal("x/com.example.Mine", kept.TypeUrl);

        filter.IsOptional = false;
        ConfigLoader.LoadMessage<HttpFilter>(filter.ToByteArray(), ConfigFormat.Binary, "a.pb", LoadOptions.Default, _errors);
        Assert.Single(_errors.Items);
    }

    [Fact]
    public void BinaryFile_LoadsWhatWasSaved()
    {
        using TemporaryFolder folder = new();
        LoadedMessage<Bootstrap> saved = ConfigLoader.LoadMessage<Bootstrap>(TwoClusters, ConfigFormat.Yaml, "a", LoadOptions.Default, _errors)!;

        LoadedBootstrap? loaded = ConfigLoader.LoadBootstrap(folder.Write("a.pb", saved.Message.ToByteArray()), null, LoadOptions.Default, _errors);

        Assert.Equal(saved.Message, loaded!.Message);
    }

    [Fact]
    public void BinaryFileWithTypedStruct_HoldsTheMessageItStandsFor()
    {
        Struct value = new() { Fields = { ["stat_prefix"] = Value.ForString("a"), ["cluster"] = Value.ForString("b"), ["max_connect_attempts"] = Value.ForNumber(3) } };
        Xds.Type.V3.TypedStruct typed = new() { TypeUrl = "type.googleapis.com/" + TcpProxy.Descriptor.FullName, Value = value };
        Envoy.Config.Listener.V3.Filter filter = new() { Name = "tcp", TypedConfig = Any.Pack(typed) };

        Envoy.Config.Listener.V3.Filter loaded = LoadBinary(filter)!;

        Assert.Empty(_errors.Items);
        Assert.Equal(3u, loaded.TypedConfig.Unpack<TcpProxy>().MaxConnectAttempts);
    }

    [Fact]
    public void BinaryFileWithUnknownFieldInsideAnAny_NamesThePath()
    {
        byte[] inner = [.. new TcpProxy { StatPrefix = "a", Cluster = "b" }.ToByteArray(), 0x58, 0x01, 0xF8, 0x3F, 0x01];
        Any any = new() { TypeUrl = "x/" + TcpProxy.Descriptor.FullName, Value = ByteString.CopyFrom(inner) };

        Envoy.Config.Listener.V3.Filter? loaded = LoadBinary(new Envoy.Config.Listener.V3.Filter { Name = "tcp", TypedConfig = any });

        Assert.Null(loaded);
        Assert.Equal(["typed_config.11", "typed_config.1023"], _errors.Items.Select(static e => e.Path));
        Assert.Contains("\"hash_policy\" of envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy is not supported", _errors.Items[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BinaryFileWithBrokenRule_IsRefused()
    {
        Assert.Null(LoadBinary(new Cluster { Name = "a", ConnectTimeout = new Duration() }));
        Assert.Equal("connect_timeout", Assert.Single(_errors.Items).Path);
    }

    [Theory]
    [InlineData("missing.yaml", "the file does not exist")]
    [InlineData("no/such/folder.yaml", "the file does not exist")]
    [InlineData(".", "found a directory, expected a file")]
    [InlineData("bad\0name.yaml", "the file cannot be read")]
    public void FileThatCannotBeRead_IsOneErrorWithItsName(string name, string message)
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Root, name);

        LoadedBootstrap? loaded = ConfigLoader.LoadBootstrap(path, null, LoadOptions.Default, _errors);

        Assert.Null(loaded);
        ConfigError error = Assert.Single(_errors.Items);
        Assert.Equal(message, error.Message);
        Assert.Equal(path, error.Position!.Value.Source);
    }

    [Fact]
    public void EndlessDevice_IsReadUpToTheLimitOnly()
    {
        LoadOptions options = new() { Limits = new LoadLimits { MaxBytes = 1 << 20 } };

        ConfigLoader.LoadBootstrap("/dev/zero", null, options, _errors);

        Assert.StartsWith("larger than 1048576 bytes", Assert.Single(_errors.Items).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SparseFileOverTheDefaultLimit_IsRefused()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("huge.yaml", "node: {}\n");
        using (FileStream file = File.OpenWrite(path))
        {
            file.SetLength(LoadLimits.Default.MaxBytes + 1L);
        }

        ConfigLoader.LoadBootstrap(path, null, LoadOptions.Default, _errors);

        Assert.StartsWith("larger than 67108864 bytes", Assert.Single(_errors.Items).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoFileAndNoText_IsRefused()
    {
        Assert.Null(ConfigLoader.LoadBootstrap(null, " ", LoadOptions.Default, _errors));
        Assert.Contains("--config-yaml", Assert.Single(_errors.Items).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TextAlone_IsAWholeBootstrap()
    {
        LoadedBootstrap? loaded = ConfigLoader.LoadBootstrap(null, """{"node": {"id": "x"}}""", LoadOptions.Default, _errors);

        Assert.Equal("x", loaded!.Message.Node.Id);
        Assert.Equal("--config-yaml:1:17", loaded.Sources.Find("node.id").ToString());
    }

    [Fact]
    public void Overlay_AppendsListsAndKeepsPositionsOfBothSources()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("base.yaml", TwoClusters);
        const string Overlay = "static_resources:\n  clusters:\n  - name: three\n    connect_timeout: 3s\n";

        LoadedBootstrap loaded = ConfigLoader.LoadBootstrap(path, Overlay, LoadOptions.Default, _errors)!;

        Assert.Equal(["one", "two", "three"], loaded.Message.StaticResources.Clusters.Select(static c => c.Name));
        Assert.Equal(path + ":4:22", loaded.Sources.Find("static_resources.clusters[0].connect_timeout").ToString());
        Assert.Equal("--config-yaml:4:22", loaded.Sources.Find("static_resources.clusters[2].connect_timeout").ToString());
    }

    [Fact]
    public void Overlay_CompletesWhatTheFileLacks()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("base.yaml", "stats_config: {stats_matcher: {}}");

        LoadedBootstrap? loaded = ConfigLoader.LoadBootstrap(path, "stats_config: {stats_matcher: {reject_all: true}}", LoadOptions.Default, _errors);

        Assert.True(loaded!.Message.StatsConfig.StatsMatcher.RejectAll);
    }

    [Fact]
    public void SourceMap_GoesThroughTypedConfig()
    {
        const string Yaml = """
            name: tcp
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
              stat_prefix: a
              weighted_clusters:
                clusters:
                - name: b
                  weight: 3
            """;

        LoadedMessage<Envoy.Config.Listener.V3.Filter> loaded = ConfigText.Load<Envoy.Config.Listener.V3.Filter>(Yaml, _errors)!;

        Assert.Equal("text.yaml:8:15", loaded.Sources.Find("typed_config.weighted_clusters.clusters[0].weight").ToString());
        Assert.Equal("text.yaml:7:7", loaded.Sources.Find("typed_config.weighted_clusters.clusters[0].metadata_match").ToString());
        Assert.Equal("text.yaml:5:3", loaded.Sources.Find("typed_config.weighted_clusters").ToString());
    }

    [Fact]
    public void Root_ReportsAtThePlaceOfAPath()
    {
        LoadedMessage<Cluster> loaded = ConfigText.Load<Cluster>("name: a\nconnect_timeout: 2s\n", _errors)!;

        loaded.Root(_errors).Field("connect_timeout").Error("found 2s, expected less");

        Assert.Equal("text.yaml:2:18: connect_timeout: found 2s, expected less", Assert.Single(_errors.Items).ToString());
    }

    [Fact]
    public void AllowedUnknownFields_AreCountedBeyondTheWarningsThatAreKept()
    {
        string yaml = "node:\n" + string.Concat(Enumerable.Range(0, 150).Select(static i => $"  unknown{i}: 1\n"));

        LoadedBootstrap? loaded = ConfigLoader.LoadBootstrap(null, yaml, new LoadOptions { AllowUnknownFields = true }, _errors);

        Assert.Equal(150, loaded!.UnknownFields);
        Assert.Equal(ConfigErrors.Limit, loaded.Warnings.Count);
    }

    [Fact]
    public void ErrorsOverTheLimit_AreCountedAndNotKept()
    {
        string yaml = "node:\n" + string.Concat(Enumerable.Range(0, 5000).Select(static i => $"  unknown{i}: 1\n"));

        ConfigLoader.LoadBootstrap(null, yaml, LoadOptions.Default, _errors);

        Assert.Equal(5000, _errors.Count);
        Assert.Equal(ConfigErrors.Limit, _errors.Items.Count);
    }

    private T? LoadBinary<T>(T message)
        where T : class, IMessage<T>, new() =>
        ConfigLoader.LoadMessage<T>(message.ToByteArray(), ConfigFormat.Binary, "a.pb", LoadOptions.Default, _errors)?.Message;
}
