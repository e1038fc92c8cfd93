using Microsoft.Extensions.Logging;
using Nuncio.Server.CommandLine;

namespace Nuncio.Integration.Tests.CommandLine;

public sealed class CommandLineParserTests
{
    [Fact]
    public void Nothing_RunsTheDemo()
    {
        CommandLineResult result = CommandLineParser.Parse([]);

        Assert.True(result.Options!.IsDemo);
        Assert.Equal(TimeSpan.FromSeconds(10), result.Options.ShutdownGrace);
        Assert.Null(result.Options.Concurrency);
    }

    [Fact]
    public void UsualOptions_AreRead()
    {
        ServerOptions options = CommandLineParser.Parse(
        [
            "-c", "envoy.yaml", "--config-yaml={a: b}", "--mode", "validate", "--concurrency", "3", "-l", "debug",
            "--component-log-level", "upstream:trace,http:off", "--service-node=n", "--service-cluster", "c", "--service-zone", "z",
            "--file-flush-interval-msec", "250", "--file-flush-min-size-kb", "1", "--drain-time-s", "5", "--drain-strategy", "immediate",
            "--shutdown-grace-s", "0", "--admin-address-path", "/tmp/a", "--stats-tag", "a:b", "--stats-tag", "c:d", "--log-format", "%v",
            "--log-path", "/tmp/l", "--allow-unknown-static-fields", "--reject-unknown-dynamic-fields", "--ignore-unknown-dynamic-fields",
        ]).Options!;

        Assert.Equal("envoy.yaml", options.ConfigPath);
        Assert.Equal("{a: b}", options.ConfigYaml);
        Assert.Equal(RunMode.Validate, options.Mode);
        Assert.Equal(3, options.Concurrency);
        Assert.Equal(LogLevel.Debug, options.LogLevel);
        Assert.Equal([new("upstream", LogLevel.Trace), new("http", LogLevel.None)], options.ComponentLogLevels);
        Assert.Equal(("n", "c", "z"), (options.ServiceNode, options.ServiceCluster, options.ServiceZone));
        Assert.Equal(TimeSpan.FromMilliseconds(250), options.FileFlushInterval);
        Assert.Equal(1, options.FileFlushMinSizeKb);
        Assert.Equal(TimeSpan.FromSeconds(5), options.DrainTime);
        Assert.Equal(DrainStrategy.Immediate, options.DrainStrategy);
        Assert.Equal(TimeSpan.Zero, options.ShutdownGrace);
        Assert.Equal("/tmp/a", options.AdminAddressPath);
        Assert.Equal([new("a", "b"), new("c", "d")], options.StatsTags);
        Assert.Equal("%v", options.LogFormat);
        Assert.Equal("/tmp/l", options.LogPath);
        Assert.True(options.AllowUnknownStaticFields);
        Assert.True(options.RejectUnknownDynamicFields);
        Assert.True(options.IgnoreUnknownDynamicFields);
        Assert.False(options.IsDemo);
    }

    [Fact]
    public void OptionsOfEnvoyWithoutEffect_AreAcceptedAndNamed()
    {
        ServerOptions options = CommandLineParser.Parse(
            ["--enable-mutex-tracing", "--cpuset-threads"]).Options!;

        Assert.Equal(["--cpuset-threads", "--enable-mutex-tracing"], options.WithoutEffect);
    }

    [Fact]
    public void HotRestart_IsRead()
    {
        ServerOptions options = CommandLineParser.Parse(
            ["--base-id", "7", "--restart-epoch", "3", "--parent-shutdown-time-s", "20", "--socket-path", "@x", "--socket-mode", "660",
             "--base-id-path", "/tmp/id", "--skip-hot-restart-on-no-parent", "--skip-hot-restart-parent-stats"]).Options!;

        Assert.Equal(7u, options.BaseId);
        Assert.Equal(3u, options.RestartEpoch);
        Assert.Equal(TimeSpan.FromSeconds(20), options.ParentShutdownTime);
        Assert.Equal("@x", options.SocketPath);
        Assert.Equal(432u, options.SocketMode); // 0660
        Assert.Equal("/tmp/id", options.BaseIdPath);
        Assert.True(options.SkipHotRestartOnNoParent && options.SkipHotRestartParentStats && options.AsksForHotRestart);
        Assert.False(options.DisableHotRestart || options.UseDynamicBaseId);
    }

    [Fact]
    public void HotRestart_HasEnvoysDefaults()
    {
        ServerOptions options = CommandLineParser.Parse([]).Options!;

        Assert.Equal("@envoy_domain_socket", options.SocketPath);
        Assert.Equal(384u, options.SocketMode); // 0600
        Assert.Equal(TimeSpan.FromSeconds(900), options.ParentShutdownTime);
        Assert.Equal(0u, options.RestartEpoch);
        Assert.False(options.AsksForHotRestart);
    }

    [Theory]
    [InlineData("unknown option \"--concurency\"; did you mean \"--concurrency\"?", "--concurency", "3")]
    [InlineData("unknown option \"-x\"", "-x")]
    [InlineData("found \"file.yaml\", expected an option", "file.yaml")]
    [InlineData("--config-path needs a value (file)", "-c")]
    [InlineData("--config-path is given more than once", "-c", "a", "-c", "b")]
    [InlineData("--concurrency: found \"many\", expected a whole number from 0 to 4294967295", "--concurrency", "many")]
    [InlineData("--concurrency: found \"-1\", expected a whole number from 0 to 4294967295", "--concurrency=-1")]
    [InlineData("--mode: found \"run\", expected one of serve, validate, init_only", "--mode", "run")]
    [InlineData("--log-level: found \"loud\", expected one of trace, debug, info, warning, error, critical, off", "-l", "loud")]
    [InlineData("--component-log-level: there is no logger \"upstrem\"; did you mean \"upstream\"?", "--component-log-level", "upstrem:debug")]
    [InlineData("--component-log-level: found \"upstream\", expected name:level", "--component-log-level", "upstream")]
    [InlineData("--drain-strategy: found \"slow\", expected one of gradual, immediate", "--drain-strategy", "slow")]
    [InlineData("cannot use --restart-epoch=1 with --use-dynamic-base-id", "--restart-epoch", "1", "--use-dynamic-base-id")]
    [InlineData("invalid socket-mode '888'", "--socket-mode", "888")]
    [InlineData("--disable-extensions: extensions cannot be taken out in this version", "--disable-extensions", "a/b")]
    [InlineData("--stats-tag: found a second value for \"a\"", "--stats-tag", "a:b", "--stats-tag", "a:c")]
    [InlineData("--stats-tag: found \"a\", expected name:value, the name of letters and digits, the value without a dot", "--stats-tag", "a")]
    public void Wrong_IsOneLineAndAHint(string reason, params string[] arguments)
    {
        CommandLineResult result = CommandLineParser.Parse(arguments);

        Assert.Null(result.Options);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal($"error: {reason}\ntry: nuncio --help\n", result.Text);
    }

    [Theory]
    [InlineData("--help", "usage: nuncio -c envoy.yaml")]
    [InlineData("-h", "accepted for compatibility, without effect in this version:")]
    [InlineData("--version", "nuncio  version: ")]
    [InlineData("--hot-restart-version", "nuncio.1\n")]
    public void Text_IsPrintedAndExitsWell(string option, string part)
    {
        CommandLineResult result = CommandLineParser.Parse([option]);

        Assert.Null(result.Options);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains(part, result.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(5, 5)]
    public void WorkerCount_TakesTheOptionAndAtLeastOne(int asked, int count) => Assert.Equal(count, WorkerCount.For(asked));

    [Theory]
    [InlineData("max", "100000", null)]
    [InlineData("-1", "100000", null)]
    [InlineData("50000", "100000", 1)]
    [InlineData("250000", "100000", 2)]
    [InlineData("400000", "100000", 4)]
    public void WorkerCount_RoundsTheGroupsLimitDown(string quota, string period, int? limit) => Assert.Equal(limit, WorkerCount.Limit(quota, period));
}
