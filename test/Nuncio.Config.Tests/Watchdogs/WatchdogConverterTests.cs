using Envoy.Config.Bootstrap.V3;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;
using Nuncio.Config.Watchdogs;
using Nuncio.Core.Watchdogs;

namespace Nuncio.Config.Tests.Watchdogs;

public sealed class WatchdogConverterTests
{
    private readonly ConfigErrors _errors = new();

    [Fact]
    public void Absent_WatchesWithEnvoysDefaults()
    {
        WatchdogsConfig config = Convert("node: { id: here }");
        foreach (WatchdogConfig one in new[] { config.Main, config.Workers })
        {
            Assert.Equal(TimeSpan.FromMilliseconds(200), one.MissTimeout);
            Assert.Equal(TimeSpan.FromSeconds(1), one.MegaMissTimeout);
            Assert.Equal(TimeSpan.Zero, one.KillTimeout);
            Assert.Equal(TimeSpan.Zero, one.MultiKillTimeout);
            Assert.Equal(0, one.MultiKillThreshold);
        }
    }

    [Fact]
    public void MainAndWorkers_HaveTheirOwn()
    {
        WatchdogsConfig config = Convert("""
            watchdogs:
              main_thread_watchdog: { miss_timeout: 0.5s, megamiss_timeout: 5s }
              worker_watchdog: { kill_timeout: 10s, multikill_timeout: 3s, multikill_threshold: { value: 40 } }
            """);
        Assert.Equal(TimeSpan.FromSeconds(0.5), config.Main.MissTimeout);
        Assert.Equal(TimeSpan.FromSeconds(5), config.Main.MegaMissTimeout);
        Assert.Equal(TimeSpan.Zero, config.Main.KillTimeout);
        Assert.Equal(TimeSpan.FromMilliseconds(200), config.Workers.MissTimeout);
        Assert.Equal(TimeSpan.FromSeconds(10), config.Workers.KillTimeout);
        Assert.Equal(TimeSpan.FromSeconds(3), config.Workers.MultiKillTimeout);
        Assert.Equal(0.4, config.Workers.MultiKillThreshold, 9);
    }

    [Fact]
    public void OldField_IsForAllThreads()
    {
        WatchdogsConfig config = Convert("watchdog: { miss_timeout: 0.3s }");
        Assert.Equal(TimeSpan.FromSeconds(0.3), config.Main.MissTimeout);
        Assert.Equal(TimeSpan.FromSeconds(0.3), config.Workers.MissTimeout);
    }

    [Fact]
    public void OldAndNewField_AreAnError()
    {
        Convert("watchdog: {}\nwatchdogs: {}");
        Assert.Equal("watchdog", Assert.Single(_errors.Items).Path);
    }

    [Fact]
    public void TimeOfNothing_IsAnError()
    {
        Convert("watchdogs: { worker_watchdog: { miss_timeout: 0s, megamiss_timeout: 0.0001s } }");
        Assert.Equal(
            ["watchdogs.worker_watchdog.miss_timeout", "watchdogs.worker_watchdog.megamiss_timeout"], _errors.Items.Select(static e => e.Path));
    }

    [Theory]
    [InlineData("actions: []")]
    [InlineData("max_kill_timeout_jitter: 1s")]
    public void ActionsAndJitter_AreRefusedByName(string field)
    {
        Assert.Null(ConfigLoader.LoadMessage<Bootstrap>($"watchdogs: {{ worker_watchdog: {{ {field} }} }}", ConfigFormat.Yaml, "t.yaml", new LoadOptions(), _errors));
        Assert.Contains(field.Split(':')[0], Assert.Single(_errors.Items).ToString(), StringComparison.Ordinal);
    }

    private WatchdogsConfig Convert(string yaml)
    {
        LoadedMessage<Bootstrap>? loaded = ConfigLoader.LoadMessage<Bootstrap>(yaml, ConfigFormat.Yaml, "t.yaml", new LoadOptions(), _errors);
        Assert.True(loaded is not null, string.Join('\n', _errors.Items));
        return WatchdogConverter.Convert(loaded.Message, loaded.Root(_errors));
    }
}
