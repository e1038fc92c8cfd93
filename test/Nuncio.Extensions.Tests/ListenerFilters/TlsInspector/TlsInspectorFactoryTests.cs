using Nuncio.Config.Errors;
using Nuncio.Config.Loading;
using Nuncio.Extensions.ListenerFilters.TlsInspector;
using Wire = Envoy.Extensions.Filters.Listener.TlsInspector.V3;

namespace Nuncio.Extensions.Tests.ListenerFilters.TlsInspector;

public sealed class TlsInspectorFactoryTests
{
    private static (TlsInspectorConfig? Config, string[] Errors) Load(string yaml)
    {
        ConfigErrors errors = new();
        var loaded = ConfigLoader.LoadMessage<Wire.TlsInspector>(yaml, ConfigFormat.Yaml, "test.yaml", new LoadOptions(), errors);

        // The factory needs nothing of the process.
        var provider = loaded is null ? null : new TlsInspectorFactory().Create(loaded.Message, null!, loaded.Root(errors));
        return ((provider as TlsInspectorProvider)?.Config, [.. errors.Items.Select(error => error.ToString())]);
    }

    [Fact]
    public void Nothing_IsEnvoysDefaults() =>
        Assert.Equal(new TlsInspectorConfig(16384, EnableJa3: false, EnableJa4: false, CloseOnParsingErrors: false), Load("{}").Config);

    [Fact]
    public void Everything_IsTaken() =>
        Assert.Equal(
            new TlsInspectorConfig(4096, EnableJa3: true, EnableJa4: true, CloseOnParsingErrors: true),
            Load("""
                max_client_hello_size: 4096
                initial_read_buffer_size: 65536
                enable_ja3_fingerprinting: true
                enable_ja4_fingerprinting: true
                close_connection_on_client_hello_parsing_errors: true
                """).Config);

    [Theory]
    [InlineData("max_client_hello_size: 255")]
    [InlineData("max_client_hello_size: 16385")]
    [InlineData("initial_read_buffer_size: 255")]
    [InlineData("initial_read_buffer_size: 65537")]
    public void SizeOutOfRange_IsRefused(string yaml) => Assert.Contains(yaml.Split(':')[0], Assert.Single(Load(yaml).Errors));
}
