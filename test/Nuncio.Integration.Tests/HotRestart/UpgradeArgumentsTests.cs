using Nuncio.Server.HotRestart;

namespace Nuncio.Integration.Tests.HotRestart;

public sealed class UpgradeArgumentsTests
{
    [Fact]
    public void Options_AreRead()
    {
        Assert.True(UpgradeArguments.TryParse(["-c", "new.yaml", "--base-id=3", "--socket-path", "@x", "--timeout-s", "5", "--", "-l", "debug"], out UpgradeOptions options, out _));

        Assert.Equal("new.yaml", options.ConfigPath);
        Assert.Equal(3u, options.BaseId);
        Assert.Equal("@x", options.SocketPath);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Timeout);
        Assert.Equal(["-l", "debug"], options.MoreArguments);
    }

    [Theory]
    [InlineData("unknown option \"--base-idd\"; did you mean \"--base-id\"?", "--base-idd", "3")]
    [InlineData("--base-id: found \"x\", expected a whole number", "--base-id", "x")]
    [InlineData("--timeout-s: found \"0\", expected a whole number", "--timeout-s=0")]
    [InlineData("--base-id-path: found \"/no/such/file\", expected a file with a whole number in it", "--base-id-path", "/no/such/file")]
    [InlineData("-c needs a value", "-c")]
    public void Wrong_IsOneLine(string reason, params string[] arguments)
    {
        Assert.False(UpgradeArguments.TryParse(arguments, out _, out string error));
        Assert.Equal(reason, error);
    }

    [Theory]
    [InlineData("-c a.yaml --concurrency 2", "-c a.yaml --concurrency 2 --base-id 7 --restart-epoch 4")]
    [InlineData("--restart-epoch 3 -c a.yaml --base-id=7", "-c a.yaml --base-id 7 --restart-epoch 4")]
    [InlineData("--use-dynamic-base-id --restart-epoch=3 --config-path=a.yaml", "--config-path=a.yaml --base-id 7 --restart-epoch 4")]
    public void Arguments_AreThoseOfTheOldProcessWithTheNextEpoch(string before, string after)
    {
        var instance = new RunningInstance(1, 3, 7, "/", before.Split(' '));

        Assert.Equal(after.Split(' '), UpgradeCommand.NextArguments(instance, new UpgradeOptions()));
    }

    [Theory]
    [InlineData("-c a.yaml --concurrency 2", "--concurrency 2 --config-path /b.yaml -l debug --base-id 0 --restart-epoch 1")]
    [InlineData("--config-path=a.yaml", "--config-path /b.yaml -l debug --base-id 0 --restart-epoch 1")]
    [InlineData("--log-level info --stats-tag a:b", "--stats-tag a:b --config-path /b.yaml -l debug --base-id 0 --restart-epoch 1")]
    public void Arguments_TakeAnotherConfigurationAndMore(string before, string after)
    {
        var instance = new RunningInstance(1, 0, 0, "/", before.Split(' '));
        var options = new UpgradeOptions { ConfigPath = "/b.yaml", MoreArguments = ["-l", "debug"] };

        Assert.Equal(after.Split(' '), UpgradeCommand.NextArguments(instance, options));
    }
}
