using Nuncio.Config.AccessLog;
using Nuncio.Config.Errors;
using Nuncio.Config.Tests.Extensibility;
using Nuncio.Core.AccessLog;
using Nuncio.Core.Failures;
using Nuncio.Core.Formatting;
using Nuncio.Core.Streams;
using Nuncio.Http.Headers;
using Nuncio.Testing.Http;
using Wire = Envoy.Config.Accesslog.V3;

namespace Nuncio.Config.Tests.AccessLog;

public sealed class AccessLogFilterConverterTests
{
    private readonly ConfigErrors _errors = new();

    [Theory]
    [InlineData("status_code_filter: {comparison: {op: GE, value: {default_value: 500, runtime_key: a}}}", true)]
    [InlineData("status_code_filter: {comparison: {op: LE, value: {default_value: 500, runtime_key: a}}}", false)]
    [InlineData("status_code_filter: {comparison: {value: {default_value: 503, runtime_key: a}}}", true)]
    [InlineData("status_code_filter: {comparison: {op: NE, value: {default_value: 503, runtime_key: a}}}", false)]
    [InlineData("duration_filter: {comparison: {op: GE, value: {default_value: 20, runtime_key: a}}}", true)]
    [InlineData("duration_filter: {comparison: {op: GE, value: {default_value: 21, runtime_key: a}}}", false)]
    [InlineData("not_health_check_filter: {}", true)]
    [InlineData("runtime_filter: {runtime_key: a, percent_sampled: {numerator: 100}}", true)]
    [InlineData("runtime_filter: {runtime_key: a}", false)]
    [InlineData("response_flag_filter: {}", true)]
    [InlineData("response_flag_filter: {flags: [UF, NR]}", true)]
    [InlineData("response_flag_filter: {flags: [NR]}", false)]
    [InlineData("header_filter: {header: {name: x-log, string_match: {exact: 'yes'}}}", true)]
    [InlineData("header_filter: {header: {name: x-none, present_match: true}}", false)]
    [InlineData("and_filter: {filters: [{not_health_check_filter: {}}, {response_flag_filter: {flags: [NR]}}]}", false)]
    [InlineData("or_filter: {filters: [{not_health_check_filter: {}}, {response_flag_filter: {flags: [NR]}}]}", true)]
    public void Filter_DecidesAsConfigured(string yaml, bool expected)
    {
        (Wire.AccessLogFilter message, ConfigScope scope) = TestContexts.Load<Wire.AccessLogFilter>(yaml, _errors);

        IAccessLogFilter? filter = AccessLogFilterConverter.Convert(message, TestContexts.Make(), scope);

        Assert.False(_errors.Any);
        StreamInfo info = new() { StartNanos = 1, EndNanos = 20_000_001, ResponseCode = 503, Flags = ResponseFlags.UpstreamConnectionFailure };
        HeaderMap headers = TestHeaders.Make(new HeaderMapPool(), "x-log", "yes");
        Assert.Equal(expected, filter!.Passes(new FormatContext(info, headers, null, null, 0, 0)));
    }

    [Fact]
    public void WrongParts_AreAllReportedWithTheirPaths()
    {
        Wire.AccessLogFilter message = new() { AndFilter = new Wire.AndFilter() };
        message.AndFilter.Filters.Add(new Wire.AccessLogFilter());
        message.AndFilter.Filters.Add(new Wire.AccessLogFilter { ResponseFlagFilter = new Wire.ResponseFlagFilter { Flags = { "UF", "XX" } } });
        message.AndFilter.Filters.Add(new Wire.AccessLogFilter { OrFilter = new Wire.OrFilter() });
        message.AndFilter.Filters.Add(new Wire.AccessLogFilter { StatusCodeFilter = new Wire.StatusCodeFilter() });

        Assert.Null(AccessLogFilterConverter.Convert(message, TestContexts.Make(), new ConfigScope(_errors, new SourceMap("s", []), "filter")));

        Assert.Equal(
            [
                "filter.and_filter.filters[0]",
                "filter.and_filter.filters[1].response_flag_filter.flags[1]",
                "filter.and_filter.filters[2].or_filter.filters",
                "filter.and_filter.filters[3].status_code_filter.comparison",
            ],
            _errors.Items.Select(static e => e.Path));
    }

    [Fact]
    public void DeepNesting_IsRefused()
    {
        Wire.AccessLogFilter filter = new() { NotHealthCheckFilter = new Wire.NotHealthCheckFilter() };
        for (int i = 0; i < 40; i++)
        {
            filter = new Wire.AccessLogFilter { OrFilter = new Wire.OrFilter { Filters = { filter, filter.Clone() } } };
            filter.OrFilter.Filters[1] = new Wire.AccessLogFilter { NotHealthCheckFilter = new Wire.NotHealthCheckFilter() };
        }

        Assert.Null(AccessLogFilterConverter.Convert(filter, TestContexts.Make(), new ConfigScope(_errors, new SourceMap("s", []))));
        Assert.Contains("nested more than 32 deep", Assert.Single(_errors.Items).Message, StringComparison.Ordinal);
    }
}
