using Envoy.Config.Bootstrap.V3;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;
using Nuncio.Config.Runtime;
using Nuncio.Core.Runtime;
using LayeredRuntime = Nuncio.Core.Runtime.LayeredRuntime;

namespace Nuncio.Config.Tests.Runtime;

/// <summary>The bootstrap's runtime layers.</summary>
public sealed class LayeredRuntimeConverterTests
{
    [Fact]
    public void StaticLayers_DotsAreEdgesAndLaterWins()
    {
        LayeredRuntime runtime = Convert("""
            layered_runtime:
              layers:
              - name: one
                static_layer:
                  health_check: {min_interval: 5}
                  flat.key: 1
                  off: false
                  share: {numerator: 3, denominator: MILLION}
                  text: hello
              - name: two
                static_layer: {health_check: {min_interval: 7}}
              - name: op
                admin_layer: {}
            """, [])!;
        Assert.Equal(7ul, runtime.Key("health_check.min_interval").GetInteger(0));
        Assert.Equal(1ul, runtime.Key("flat.key").GetInteger(0));
        Assert.False(runtime.Key("off").GetBoolean(true));
        Assert.Equal(new FractionalPercent(3, 1_000_000), runtime.Key("share").GetFraction(default));
        Assert.Equal("hello", runtime.Snapshot.Values["text"].Text);
        Assert.True(runtime.HasAdminLayer);
        Assert.Equal(["one", "two", "op"], runtime.Snapshot.Layers.Select(static layer => layer.Name));
    }

    [Fact]
    public void NoLayers_LeaveTheOperatorOne() => Assert.True(Convert("node: {id: x}", [])!.HasAdminLayer);

    [Fact]
    public void TwoAdminLayers_SameNamesAndLists_AreRefused()
    {
        List<string> errors = [];
        Assert.Null(Convert("""
            layered_runtime:
              layers:
              - {name: a, admin_layer: {}}
              - {name: a, admin_layer: {}}
              - {name: b, static_layer: {list: [1]}}
            """, errors));
        Assert.Contains(errors, static e => e.StartsWith("layered_runtime.layers[1].name: duplicate layer name", StringComparison.Ordinal));
        Assert.Contains(errors, static e => e.StartsWith("layered_runtime.layers[1].admin_layer: found a second", StringComparison.Ordinal));
        Assert.Contains(errors, static e => e.StartsWith("layered_runtime.layers[2].static_layer[\"list\"]: found a list", StringComparison.Ordinal));
    }

    private static LayeredRuntime? Convert(string yaml, List<string> messages)
    {
        var errors = new ConfigErrors();
        LoadedMessage<Bootstrap>? loaded = ConfigLoader.LoadMessage<Bootstrap>(yaml, ConfigFormat.Yaml, "test.yaml", new LoadOptions(), errors);
        Assert.Empty(errors.Items);
        LayeredRuntime? runtime = LayeredRuntimeConverter.Convert(loaded!.Message.LayeredRuntime, loaded.Root(errors).Field("layered_runtime"));
        foreach (ConfigError error in errors.Items)
        {
            messages.Add($"{error.Path}: {error.Message}");
        }

        return runtime;
    }
}
