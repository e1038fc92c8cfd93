using Envoy.Extensions.ResourceMonitors.FixedHeap.V3;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Loading;
using Nuncio.Config.Overload;
using Nuncio.Config.Tests.Extensibility;
using Nuncio.Core.Overload;
using Wire = Envoy.Config.Overload.V3;

namespace Nuncio.Config.Tests.Overload;

public sealed class OverloadConverterTests
{
    private const string Heap = """
        resource_monitors:
        - name: heap
          typed_config: { "@type": type.googleapis.com/envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig, max_heap_size_bytes: 1000 }
        """;

    private readonly ConfigErrors _errors = new();

    [Fact]
    public void Absent_IsNothing() => Assert.Same(OverloadConfig.None, OverloadConverter.Convert(null, Context(), Scope()));

    [Fact]
    public void Whole_BecomesOurs()
    {
        OverloadConfig config = Convert(Heap + """

            refresh_interval: 0.25s
            actions:
            - name: envoy.overload_actions.stop_accepting_requests
              triggers: [{ name: heap, threshold: { value: 0.95 } }]
            - name: envoy.overload_actions.reduce_timeouts
              triggers: [{ name: heap, scaled: { scaling_threshold: 0.5, saturation_threshold: 0.9 } }]
              typed_config:
                "@type": type.googleapis.com/envoy.config.overload.v3.ScaleTimersOverloadActionConfig
                timer_scale_factors:
                - { timer: HTTP_DOWNSTREAM_CONNECTION_IDLE, min_timeout: 2s }
                - { timer: HTTP_DOWNSTREAM_STREAM_IDLE, min_scale: { value: 25 } }
            loadshed_points:
            - name: envoy.load_shed_points.tcp_listener_accept
              triggers: [{ name: heap, threshold: { value: 0.99 } }]
            """);

        Assert.Empty(_errors.Items);
        Assert.Equal(TimeSpan.FromMilliseconds(250), config.RefreshInterval);
        Assert.Equal("heap", Assert.Single(config.Monitors).Name);
        Assert.Equal([OverloadAction.StopAcceptingRequests, OverloadAction.ReduceTimeouts], config.Actions.Select(static a => a.Action));
        Assert.Equal(new OverloadTrigger("heap", 0.95, 0.95), Assert.Single(config.Actions[0].Triggers));
        Assert.Equal(new OverloadTrigger("heap", 0.5, 0.9), Assert.Single(config.Actions[1].Triggers));
        Assert.Equal(LoadShedPoint.TcpListenerAccept, Assert.Single(config.Points).Point);
        Assert.Equal(2_000_000_000, config.TimerMinimums[ScaledTimerKind.HttpDownstreamConnectionIdle]!.Value.Of(60_000_000_000));
        Assert.Equal(15_000_000_000, config.TimerMinimums[ScaledTimerKind.HttpDownstreamStreamIdle]!.Value.Of(60_000_000_000));
        Assert.Null(config.TimerMinimums[ScaledTimerKind.TransportSocketConnect]);
    }

    [Fact]
    public void DefaultInterval_IsASecond() => Assert.Equal(TimeSpan.FromSeconds(1), Convert(Heap).RefreshInterval);

    [Fact]
    public void EveryKnownName_IsTaken()
    {
        string actions = string.Concat(OverloadNames.Actions.Where(static n => !n.EndsWith("reduce_timeouts", StringComparison.Ordinal))
            .Select(static n => $"- name: {n}\n  triggers: [{{ name: heap, threshold: {{ value: 1 }} }}]\n"));
        string points = string.Concat(OverloadNames.Points.Select(static n => $"- name: {n}\n  triggers: [{{ name: heap, threshold: {{ value: 1 }} }}]\n"));
        OverloadConfig config = Convert($"{Heap}\nactions:\n{actions}loadshed_points:\n{points}");
        Assert.Empty(_errors.Items);
        Assert.Equal(OverloadNames.ActionCount - 1, config.Actions.Count);
        Assert.Equal(Enum.GetValues<LoadShedPoint>(), config.Points.Select(static p => p.Point));
    }

    [Theory]
    [InlineData("envoy.overload_actions.stop_accepting_request", "unknown overload action \"envoy.overload_actions.stop_accepting_request\"; did you mean \"envoy.overload_actions.stop_accepting_requests\"?")]
    [InlineData("envoy.overload_actions.reset_high_memory_stream", "the overload action envoy.overload_actions.reset_high_memory_stream is not part of this version")]
    public void ActionThatIsNone_IsAnError(string name, string message)
    {
        Convert($"{Heap}\nactions:\n- name: {name}\n  triggers: [{{ name: heap, threshold: {{ value: 1 }} }}]\n");
        AssertError("actions[0].name", message);
    }

    [Fact]
    public void PointOfHttp2_IsAnError()
    {
        Convert($"{Heap}\nloadshed_points:\n- name: envoy.load_shed_points.http2_server_go_away_on_dispatch\n  triggers: [{{ name: heap, threshold: {{ value: 1 }} }}]\n");
        AssertError("loadshed_points[0].name", "is not part of this version");
    }

    [Fact]
    public void DuplicateNames_AreErrors()
    {
        const string Trigger = "  triggers: [{ name: heap, threshold: { value: 1 } }, { name: heap, threshold: { value: 0.5 } }]\n";
        Convert(Heap + """

            - name: heap
              typed_config: { "@type": type.googleapis.com/envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig, max_heap_size_bytes: 1 }

            """ + "actions:\n- name: envoy.overload_actions.shrink_heap\n" + Trigger + "- name: envoy.overload_actions.shrink_heap\n" + Trigger);
        Assert.Equal(
            ["resource_monitors[1].name", "actions[0].triggers[1].name", "actions[1].name"], _errors.Items.Select(static e => e.Path));
        Assert.All(_errors.Items, static e => Assert.Contains("duplicate", e.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void TriggerOfAnUnknownResource_NamesTheNearest()
    {
        Convert(Heap + "\nactions:\n- name: envoy.overload_actions.shrink_heap\n  triggers: [{ name: heep, threshold: { value: 1 } }]\n");
        AssertError("actions[0].triggers[0].name", "no resource monitor is called \"heep\"; did you mean \"heap\"?");
    }

    [Theory]
    [InlineData("0.9", "0.9")]
    [InlineData("0.95", "0.9")]
    public void ScaledThresholdsInTheWrongOrder_AreAnError(string scaling, string saturation)
    {
        Convert($"{Heap}\nactions:\n- name: envoy.overload_actions.shrink_heap\n  triggers: [{{ name: heap, scaled: {{ scaling_threshold: {scaling}, saturation_threshold: {saturation} }} }}]\n");
        AssertError("actions[0].triggers[0].scaled", $"found scaling_threshold {scaling}, expected less than saturation_threshold {saturation}");
    }

    [Fact]
    public void ConfigurationWhereTheActionTakesNone_IsAnError()
    {
        Convert(Heap + """

            actions:
            - name: envoy.overload_actions.shrink_heap
              triggers: [{ name: heap, threshold: { value: 1 } }]
              typed_config: { "@type": type.googleapis.com/google.protobuf.Empty }
            """);
        AssertError("actions[0].typed_config", "takes no configuration");
    }

    [Fact]
    public void ReduceTimeoutsWithoutConfiguration_IsAnError()
    {
        Convert(Heap + "\nactions:\n- name: envoy.overload_actions.reduce_timeouts\n  triggers: [{ name: heap, threshold: { value: 1 } }]\n");
        AssertError("actions[0].typed_config", "found nothing, expected envoy.config.overload.v3.ScaleTimersOverloadActionConfig");
    }

    [Theory]
    [InlineData("{ min_timeout: 2s }", "found UNSPECIFIED")]
    [InlineData("{ timer: TRANSPORT_SOCKET_CONNECT, min_timeout: 2s }, { timer: TRANSPORT_SOCKET_CONNECT, min_timeout: 3s }", "duplicate timer")]
    public void WrongTimers_AreErrors(string timers, string message)
    {
        Convert(Heap + $$"""

            actions:
            - name: envoy.overload_actions.reduce_timeouts
              triggers: [{ name: heap, threshold: { value: 1 } }]
              typed_config:
                "@type": type.googleapis.com/envoy.config.overload.v3.ScaleTimersOverloadActionConfig
                timer_scale_factors: [{{timers}}]
            """);
        Assert.Contains(message, Assert.Single(_errors.Items).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void IntervalOfNothing_IsAnError()
    {
        Convert(Heap + "\nrefresh_interval: 0s\n");
        AssertError("refresh_interval", "found 0s, expected at least 0.001s");
    }

    [Fact]
    public void MonitorOfAnUnknownType_IsAnError()
    {
        Convert("""
            resource_monitors:
            - name: heap
              typed_config: { "@type": type.googleapis.com/envoy.extensions.resource_monitors.injected_resource.v3.InjectedResourceConfig, filename: /x }
            """);
        AssertError("resource_monitors[0].typed_config", "resource monitor \"heap\"");
    }

    [Theory]
    [InlineData("buffer_factory_config: { minimum_account_to_track_power_of_two: 20 }", "buffer_factory_config")]
    [InlineData("actions: [{ name: x, triggers: [] }]", "triggers")]
    [InlineData("actions: [{ name: x, triggers: [{ name: heap, threshold: { value: 1.5 } }] }]", "value")]
    [InlineData("actions: [{ name: x, triggers: [{ name: heap }] }]", "expected one of threshold, scaled")]
    public void RulesOfTheApi_AreHeld(string yaml, string what)
    {
        Assert.Null(ConfigLoader.LoadMessage<Wire.OverloadManager>(Heap + "\n" + yaml + "\n", ConfigFormat.Yaml, "t.yaml", new LoadOptions(), _errors));
        Assert.Contains(_errors.Items, e => e.ToString().Contains(what, StringComparison.Ordinal));
    }

    private static FactoryContext Context()
    {
        ExtensionCatalog catalog = new();
        catalog.Add<IResourceMonitorFactory>(new HeapFactory());
        return TestContexts.Make(catalog);
    }

    private ConfigScope Scope() => new(_errors, new SourceMap("s", []));

    private OverloadConfig Convert(string yaml)
    {
        LoadedMessage<Wire.OverloadManager>? loaded =
            ConfigLoader.LoadMessage<Wire.OverloadManager>(yaml, ConfigFormat.Yaml, "t.yaml", new LoadOptions(), _errors);
        Assert.True(loaded is not null, string.Join('\n', _errors.Items));
        return OverloadConverter.Convert(loaded.Message, Context(), loaded.Root(_errors));
    }

    private void AssertError(string path, string message)
    {
        ConfigError error = Assert.Single(_errors.Items);
        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private sealed class HeapFactory : IResourceMonitorFactory
    {
        public string Name => "heap";

        public MessageDescriptor ConfigType => FixedHeapConfig.Descriptor;

        public ResourceMonitor? Create(IMessage message, FactoryContext context, ConfigScope scope) => new Monitor();
    }

    private sealed class Monitor : ResourceMonitor
    {
        public override bool TryRead(out double pressure, out string? error)
        {
            pressure = 0;
            error = null;
            return true;
        }
    }
}
