using System.Text;
using Microsoft.Extensions.Logging;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;
using Nuncio.Integration.Tests.Server;
using Nuncio.Server;
using Nuncio.Server.CommandLine;
using Nuncio.Server.Logging;

namespace Nuncio.Integration.Tests.Logging;

public sealed class LogFormatConverterTests
{
    [Theory]
    [InlineData("{}", "plain info hello \"you\"\n")]
    [InlineData("{log_format: {text_format: '%n: %v'}}", "main: hello \"you\"\n")]
    [InlineData(
        "{log_format: {json_format: {Level: '%l', Message: '%j', more: {list: ['%n', 1, true, null]}}}}",
        "{\"Level\":\"info\",\"Message\":\"hello \\u0022you\\u0022\",\"more\":{\"list\":[\"main\",1,true,null]}}\n")]
    public void Format_IsTheBootstrapsElseTheOptions(string yaml, string expected)
    {
        LogPattern? pattern = Convert(yaml, new ServerOptions { LogFormat = "plain %l %v" }, out ConfigErrors errors);

        Assert.Empty(errors.Items);
        var line = new StringBuilder();
        pattern!.Append(line, new LogRecord(0, 1, LogLevel.Information, "main", default, "hello \"you\""), TimeZoneInfo.Utc);
        Assert.Equal(expected, line.ToString());
    }

    [Theory]
    [InlineData("{log_format: {text_format: '%v'}}", true, "application_log_config.log_format: found log_format and the option --log-format")]
    [InlineData("{log_format: {json_format: {a: '%v'}}}", false, "application_log_config.log_format.json_format: found %v")]
    [InlineData("{log_format: {json_format: {a: {b: ['%_']}}}}", false, "application_log_config.log_format.json_format: found %_")]
    [InlineData("{log_format: {}}", false, "application_log_config.log_format: ")]
    public void Wrong_IsRefusedAtItsPlace(string yaml, bool isGiven, string expected)
    {
        Assert.Null(Convert(yaml, new ServerOptions { IsLogFormatGiven = isGiven }, out ConfigErrors errors));

        ConfigError error = Assert.Single(errors.Items);
        Assert.Contains(expected, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_RefusesItToo()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a.yaml"], "application_log_config: {log_format: {json_format: {a: '%v'}}}\n");
        using var output = new StringWriter();
        using var errors = new StringWriter();

        int code = new ServerRunner(new ServerOptions { ConfigPath = folder["a.yaml"], Mode = RunMode.Validate }, output, errors).Run();

        Assert.Equal(1, code);
        Assert.Contains("found %v", errors.ToString(), StringComparison.Ordinal);
    }

    private static LogPattern? Convert(string yaml, ServerOptions options, out ConfigErrors errors)
    {
        errors = new ConfigErrors();
        LoadedBootstrap? source = ConfigLoader.LoadBootstrap(null, "application_log_config: " + yaml, LoadOptions.Default, errors);
        return source is null
            ? null
            : LogFormatConverter.Convert(source.Message.ApplicationLogConfig, options, source.Root(errors).Field("application_log_config"));
    }
}
